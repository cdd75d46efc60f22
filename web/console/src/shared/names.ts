// Names of employees and groups by id: the lists are small and asked for once.
import { api, call } from "@huoqun/api";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { GroupRow, LiveCode, StaffRow } from "./types";

export const allStaff = queryOptions({
  queryKey: ["staff", "all"],
  queryFn: (): Promise<{ items: StaffRow[] }> => call(api.GET("/api/v1/staff", { params: { query: { limit: 200 } } })),
  staleTime: 60_000,
});

export const allGroups = queryOptions({
  queryKey: ["groups", "all"],
  queryFn: (): Promise<{ items: GroupRow[] }> => call(api.GET("/api/v1/groups", { params: { query: { limit: 200 } } })),
  staleTime: 60_000,
});

/** The employee's name, or an ellipsis while it isn't known. */
export function useStaffName(): (id: string) => string {
  const { data } = useQuery(allStaff);
  return useCallback((id) => data?.items.find((s) => s.id === id)?.name ?? "…", [data]);
}

/** The group's name, or an ellipsis while it isn't known. */
export function useGroupName(): (id: string) => string {
  const { data } = useQuery(allGroups);
  return useCallback((id) => data?.items.find((g) => g.id === id)?.name ?? "…", [data]);
}

export const allCodes = queryOptions({
  queryKey: ["live-codes", "all"],
  queryFn: (): Promise<{ items: LiveCode[] }> => call(api.GET("/api/v1/live-codes", { params: { query: { limit: 200 } } })),
  staleTime: 60_000,
});

/** The title of the live code with this state, by which somebody came; null when it isn't one of ours. */
export function useCodeTitle(): (state: string) => string | null {
  const { data } = useQuery(allCodes);
  return useCallback((state) => data?.items.find((c) => c.state === state)?.title ?? null, [data]);
}
