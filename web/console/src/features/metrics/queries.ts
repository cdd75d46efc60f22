// What the results ask.
import { api, call } from "@huoqun/api";
import { queryOptions } from "@tanstack/react-query";
import type { ReleaseCard } from "@/shared/types";

export const releaseQuery = (post: string) =>
  queryOptions({
    queryKey: ["release", post],
    queryFn: (): Promise<ReleaseCard> => call(api.GET("/api/v1/metrics/releases/{post}", { params: { path: { post } } })),
    refetchInterval: (q) => (q.state.data?.ripe ? 60_000 : 15_000),
  });
