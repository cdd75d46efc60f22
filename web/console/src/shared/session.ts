// Who is signed in, for everything below the shell.
import { ApiError, api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { setNow } from "./now";
import type { Me } from "./types";

export const SessionContext = createContext<Me | null>(null);

/** The signed-in operator; pages below the shell always have one. */
export function useMe(): Me {
  const me = useContext(SessionContext);
  if (!me) throw new Error("useMe outside of the signed-in shell");
  return me;
}

/** True when the operator's role grants this, e.g. `playbooks:write`. */
export function useMay(permission: string): boolean {
  const { permissions } = useMe();
  const [word] = permission.split(":");
  return permissions.includes("*") || permissions.includes(permission) || permissions.includes(`${word}:*`);
}

export const sessionQuery = {
  queryKey: ["session"],
  queryFn: async (): Promise<Me | null> => {
    try {
      const me: Me = await call(api.GET("/api/v1/session"));
      setNow(me.now);
      return me;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
};

export const useSession = () => useQuery(sessionQuery);
