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
import type { Sync, SyncRow } from "@/shared/types";
import { useWords } from "@/shared/words";
import "./accounts.css";

const isRunning = (sync: Sync | undefined) => (sync?.items ?? []).some((k) => k.state === "running");

export function SyncProgress({ account }: { account: string }) {
  const { t } = useTranslation("accounts");
  const words = useWords();
  const { count, when, now } = useFormat();
  const query = useQuery({
    queryKey: ["account", account, "sync"],
    queryFn: (): Promise<Sync> => call(api.GET("/api/v1/accounts/{id}/sync", { params: { path: { id: account } } })),
    refetchInterval: (q) => (isRunning(q.state.data) ? 1_000 : 15_000),
  });
  /** Things per second of real work so far. */
  const rate = (k: SyncRow) => (k.state === "running" && now > k.started_at ? Math.round((k.done * 1_000) / (now - k.started_at)) : 0);
  const start = useAct(() => call(api.POST("/api/v1/accounts/{id}/sync", { params: { path: { id: account } } })), { renew: [["account", account]] });
  const sync = query.data;
  const finished = Math.max(0, ...(sync?.items ?? []).map((k) => k.finished_at ?? 0));
  return (
    <Section
      title={t("sync")}
      extra={<Button size="small" loading={start.isPending || isRunning(sync)} onClick={() => start.mutate()}>{t("sync_now")}</Button>}
    >
      <p className="soft">{finished > 0 ? t("sync_at", { when: when(finished) }) : t("sync_what")}</p>
      <Failure error={query.error ?? start.error} />
      <ul className="sync">
        {(sync?.items ?? []).map((k) => (
          <li key={k.kind}>
            <span>{words("accounts", "kinds", k.kind)}</span>
            <progress value={k.state === "done" ? 1 : k.total > 0 ? k.done / k.total : 0} max={1} aria-label={words("accounts", "kinds", k.kind)} />
            <span className="number">{k.listed || k.total > 0 ? `${count(k.done)} / ${count(k.total)}${k.listed ? "" : "…"}` : count(k.done)}{rate(k) ? <span className="faint"> · {t("rate", { n: count(rate(k)) })}</span> : null}</span>
            <StateMark state={k.state} bare />
            {k.last_error ? <p className="bad sync-error">{k.last_error}</p> : null}
          </li>
        ))}
      </ul>
    </Section>
  );
}
