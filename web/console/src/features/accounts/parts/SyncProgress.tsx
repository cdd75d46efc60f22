// Progress of the sync per kind, with counts. It survives leaving the page: the work is the server's.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Section } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { Sync } from "@/shared/types";
import { useWords } from "@/shared/words";
import "./accounts.css";

export function SyncProgress({ account }: { account: string }) {
  const { t } = useTranslation("accounts");
  const words = useWords();
  const { count, when } = useFormat();
  const query = useQuery({
    queryKey: ["account", account, "sync"],
    queryFn: (): Promise<Sync> => call(api.GET("/api/v1/accounts/{id}/sync", { params: { path: { id: account } } })),
    refetchInterval: (q) => (q.state.data?.state === "running" ? 1_000 : 15_000),
  });
  const start = useAct(() => call(api.POST("/api/v1/accounts/{id}/sync", { params: { path: { id: account } } })), { renew: [["account", account]] });
  const sync = query.data;
  return (
    <Section
      title={t("sync")}
      extra={<Button size="small" loading={start.isPending || sync?.state === "running"} onClick={() => start.mutate()}>{t("sync_now")}</Button>}
    >
      <p className="soft">{sync?.finished_at ? t("sync_at", { when: when(sync.finished_at) }) : t("sync_what")}</p>
      <Failure error={query.error ?? start.error} />
      <ul className="sync">
        {(sync?.kinds ?? []).map((k) => (
          <li key={k.kind}>
            <span>{words("accounts", "kinds", k.kind)}</span>
            <progress value={k.total ? k.done : k.state === "done" ? 1 : 0} max={k.total || 1} aria-label={words("accounts", "kinds", k.kind)} />
            <span className="number">{k.total ? `${count(k.done)} / ${count(k.total)}` : count(k.done)}</span>
            <StateMark state={k.state} bare />
          </li>
        ))}
      </ul>
    </Section>
  );
}
