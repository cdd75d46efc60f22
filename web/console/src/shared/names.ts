// Names of employees and groups by id: the lists are small and asked for once.
import { api, call } from "@huoqun/api";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import type { GroupRow, StaffRow } from "./types";

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
