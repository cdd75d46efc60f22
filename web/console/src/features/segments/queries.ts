// What the pages ask about segments. Keys begin with "segments".
import { ApiError, api, call } from "@huoqun/api";
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { SegmentAnswer, SegmentPurpose, SegmentView, SegmentVocabulary } from "@/shared/types";
import type { Expr } from "./model/tree";

export const vocabulary = queryOptions({
  queryKey: ["segments", "vocabulary"],
  queryFn: (): Promise<SegmentVocabulary> => call(api.GET("/api/v1/segments/vocabulary")),
  staleTime: 5 * 60_000,
});

export const oneSegment = (id: string) =>
  queryOptions({ queryKey: ["segments", "one", id], queryFn: (): Promise<SegmentView> => call(api.GET("/api/v1/segments/{id}", { params: { path: { id } } })) });

/** A wording in one of its two forms. */
export type Wording = { expr: Expr } | { text: string };
/** As the client sends it: the tree is free JSON in the server's document. */
export const sent = (wording: Wording): { text?: string; expr?: Record<string, never> } => wording as never;

/** What is said now, once nothing new was said for a moment. */
export function useSettled<T>(value: T, ms = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** A wording as it is asked, and whose line stands at each place of it. */
export type Asked = { wording: Wording; keyAt: ReadonlyMap<string, string>; keys: string[] };
export type Counted = SegmentAnswer & { /** How many each line holds for by itself, by the line's key. */ counts: ReadonlyMap<string, number> };

/** How many and who, as of now and again every few seconds: the number moves when somebody buys. */
export function useAnswer({ wording, keyAt, keys }: Asked, purpose: SegmentPurpose, enabled = true) {
  return useQuery({
    // Keys of lines are part of it: the same question from other lines counts for those.
    queryKey: ["segments", "ask", wording, purpose, keys],
    queryFn: async (): Promise<Counted> => {
      const answer: SegmentAnswer = await call(api.POST("/api/v1/segments/ask", { body: { ...sent(wording), purpose, limit: 20, lines: true } }));
      const counted = answer.lines.map((line): [string, number] => [keyAt.get(line.path.join(".")) ?? "", line.count]);
      return { ...answer, counts: new Map(counted) };
    },
    enabled, placeholderData: keepPreviousData, retry: false, refetchInterval: 4_000, gcTime: 60_000,
  });
}

export type Place = { path?: number[] | null; offset?: number | null; length?: number | null; line?: number | null; column?: number | null };
/** Where a refused wording is wrong. */
export function placeIn(error: unknown): Place | null {
  const place = error instanceof ApiError ? error.args["place"] : null;
  return place && typeof place === "object" ? place : null;
}
