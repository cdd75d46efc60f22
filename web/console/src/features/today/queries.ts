// What the Today page asks.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { setNow } from "@/shared/now";
import type { Today } from "@/shared/types";

/** Renewed every five seconds: this is the page one looks at forty times a day. */
export const useToday = () =>
  useQuery({
    queryKey: ["today"],
    queryFn: async (): Promise<Today> => {
      const today: Today = await call(api.GET("/api/v1/today"));
      setNow(today.now);
      return today;
    },
    refetchInterval: 5_000,
  });
