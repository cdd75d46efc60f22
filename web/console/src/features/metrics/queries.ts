// What the results ask.
import { api, call } from "@huoqun/api";
import { queryOptions } from "@tanstack/react-query";
import type { ReleaseCard } from "./parts/card";

export const releaseQuery = (id: string) =>
  queryOptions({
    queryKey: ["release", id],
    queryFn: (): Promise<ReleaseCard> => call(api.GET("/api/v1/releases/{id}", { params: { path: { id } } })),
    refetchInterval: (q) => (q.state.data?.settled ? false : 15_000),
  });
