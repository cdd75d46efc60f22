// The one cache of server state. Refusals are not repeated; only an unreachable server is asked again.
import { ApiError } from "@huoqun/api";
import { QueryClient } from "@tanstack/react-query";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
    },
  },
});
