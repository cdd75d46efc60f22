// Where the values of a condition are chosen from: lists of the server, searched there, so that pinyin finds too.
import { api, call } from "@huoqun/api";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { SegmentVocabulary } from "@/shared/types";
import { vocabulary } from "../queries";
import type { Condition, Group, Ref } from "../model/tree";

export type Choice = { value: string; label: string; note?: string };
type Named = { id: string; name?: string | null; title?: string | null };

const plain = (x: Named): Choice => ({ value: x.id, label: x.name || x.title || x.id });
const asked = (search: string) => ({ params: { query: search ? { search, limit: 50 } : { limit: 200 } } });

/** Short lists come whole and are searched here. */
const holding = (all: Choice[], search: string) => all.filter((c) => c.label.toLowerCase().includes(search.toLowerCase()));

const sources: Record<string, (search: string) => Promise<Choice[]>> = {
  "/api/v1/tags": async (search) => (await call(api.GET("/api/v1/tags", { params: { query: search ? { search } : {} } }))).items.map((t) => ({ value: t.id, label: t.name, note: t.group_name })),
  "/api/v1/groups": async (search) => (await call(api.GET("/api/v1/groups", asked(search)))).items.map(plain),
  "/api/v1/communities": async (search) => (await call(api.GET("/api/v1/communities", asked(search)))).items.map(plain),
  "/api/v1/live-codes": async (search) => (await call(api.GET("/api/v1/live-codes", asked(search)))).items.map(plain),
  "/api/v1/segments": async (search) => (await call(api.GET("/api/v1/segments", asked(search)))).items.map(plain),
  "/api/v1/staff": async (search) => (await call(api.GET("/api/v1/staff", asked(search)))).items.map(plain),
  "/api/v1/playbooks/posts": async (search) => (await call(api.GET("/api/v1/playbooks/posts", asked(search)))).items.map((p) => ({ value: p.id, label: p.title, note: p.community_name })),
  "/api/v1/accounts": async (search) => holding((await call(api.GET("/api/v1/accounts"))).items.map(plain), search),
  "/api/v1/links": async (search) => (await call(api.GET("/api/v1/links", asked(search)))).items.map(plain),
  "/api/v1/imports/lists": async (search) => holding((await call(api.GET("/api/v1/imports/lists"))).items.map(plain), search),
  "/api/v1/people": async (search) => (await call(api.GET("/api/v1/people", asked(search)))).items.map(plain),
};

const listed = (source: string, search: string) => ({
  queryKey: ["segments", "choices", source, search],
  queryFn: (): Promise<Choice[]> => sources[source]?.(search) ?? Promise.resolve([]),
  staleTime: 60_000,
});

/** What a list has for a search; several lists follow one another. */
export function useChoices(of: readonly string[], search: string, enabled = true) {
  const all = useQueries({ queries: of.map((source) => ({ ...listed(source, search), enabled, placeholderData: keepPreviousData })) });
  return { choices: all.flatMap((q) => q.data ?? []), pending: all.some((q) => q.isFetching), error: all.find((q) => q.error)?.error ?? null };
}

/** The lists that a condition's values come from. */
export function sourcesOf(condition: Condition, offer: SegmentVocabulary | undefined): string[] {
  if ("tagged" in condition) return ["/api/v1/tags"];
  const facet = "in" in condition ? condition.in.facet : null;
  const act = "did" in condition ? condition.did.act : "last_did" in condition ? condition.last_did.act : null;
  if (facet) return [offer?.facets.find((f) => f.id === facet)?.choices].filter((x) => typeof x === "string");
  return offer?.acts.find((a) => a.id === act)?.subjects ?? [];
}

const refsOf = (c: Condition): Ref[] => ("in" in c ? c.in.of : "tagged" in c ? c.tagged.of : "did" in c ? (c.did.of ?? []) : "last_did" in c ? (c.last_did.of ?? []) : []);

function conditions(root: Group): Condition[] {
  return root.lines.flatMap((line) => (line.kind === "is" ? [line.condition] : conditions(line)));
}

/** Names of things that a wording names by id only. */
export function useNames(root: Group): (ref: Ref) => string {
  const offer = useQuery(vocabulary).data;
  const nameless = conditions(root).filter((c) => refsOf(c).some((ref) => !ref.name));
  const wanted = [...new Set(nameless.flatMap((c) => sourcesOf(c, offer)))].sort();
  const { choices } = useChoices(wanted, "");
  // Compared by what is in it: the list is made anew each time.
  const known = JSON.stringify(choices.map((c) => [c.value, c.label]));
  return useCallback((ref) => ref.name ?? (JSON.parse(known) as [string, string][]).find(([id]) => id === ref.id)?.[1] ?? ref.id, [known]);
}
