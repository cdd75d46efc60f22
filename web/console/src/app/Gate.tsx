// Lets signed-in operators through and gives everything below the session and the definitions of figures.
import { api, call } from "@huoqun/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Navigate, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { DefinitionsContext } from "@/shared/definitions";
import { Failure } from "@/shared/Failure";
import { SessionContext, useSession } from "@/shared/session";
import type { Definition } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { agree } from "./i18n";
import { Shell } from "./Shell";

export function Gate() {
  const { i18n } = useTranslation();
  const cache = useQueryClient();
  const session = useSession();
  const href = useRouterState({ select: (s) => s.location.href });
  const me = session.data;
  const definitions = useQuery({
    queryKey: ["definitions", i18n.language],
    queryFn: (): Promise<Definition[]> => call(api.GET("/api/v1/metrics/definitions")),
    enabled: Boolean(me),
    staleTime: Infinity,
  });
  useEffect(() => {
    if (!me) return;
    // Not vital: when it fails, the server's sentences stay in the account's language.
    agree(me.operator.locale).then((changed) => changed && void cache.invalidateQueries(), () => {});
  }, [me, cache, i18n.language]);
  const find = useCallback(
    (figure: string) => definitions.data?.find((d) => d.figure === figure) ?? (definitions.isPending ? ("loading" as const) : undefined),
    [definitions.data, definitions.isPending],
  );

  if (session.isPending) return <div className="page"><Waiting rows={8} /></div>;
  if (session.error) return <div className="page"><Failure error={session.error} retry={() => void session.refetch()} /></div>;
  // The way to the door has begun: leading there again from here would never end.
  if (!me && href.startsWith("/sign-in")) return null;
  if (!me) return <Navigate to="/sign-in" search={href === "/" ? {} : { next: href }} />;
  return (
    <SessionContext value={me}>
      <DefinitionsContext value={find}>
        <Shell />
      </DefinitionsContext>
    </SessionContext>
  );
}
