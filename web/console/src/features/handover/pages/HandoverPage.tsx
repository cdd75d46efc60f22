// One hand-over: every customer and group with what happened, why, and what may be tried again.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { HandoverItem, HandoverPlan, HandoverState } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Progress } from "../parts/Progress";

const states: HandoverState[] = ["planned", "intent", "unknown", "waiting", "done", "refused", "full", "failed", "cancelled"];
const tones = { planned: "planned", intent: "planned", unknown: "unsure", waiting: "waiting", done: "done", refused: "off", full: "wrong", failed: "wrong", cancelled: "off" } as const;

export function HandoverPage({ id }: { id: string }) {
  const { t } = useTranslation("handover");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const may = useMay("handover:write");
  const [state, setState] = useState<HandoverState | null>(null);
  const query = useQuery({ queryKey: ["handover", id], refetchInterval: 15_000, queryFn: (): Promise<HandoverPlan> => call(api.GET("/api/v1/handover/plans/{id}", { params: { path: { id } } })) });
  const retry = useAct((items: string[]) => call(api.POST("/api/v1/handover/plans/{id}/retry", { params: { path: { id } }, body: { items } })), { renew: [["handover"]], done: t("retried"), tellErrors: true });
  const plan = query.data;
  const again = plan ? plan.failed + plan.refused : 0;
  return (
    <Page
      title={plan ? t("from_to", { from: plan.from_name, to: plan.to_name }) : " "} back={<Link to="/people/handover">{t("title")}</Link>}
      lead={plan ? <><Progress plan={plan} /> <span className="soft">{plan.looked_at ? t("looked", { when: dayAndClock(plan.looked_at) }) : t("not_looked")}</span></> : null}
      actions={may && again > 0 ? <Button loading={retry.isPending} onClick={() => retry.mutate([])}>{t("retry_all")}</Button> : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={6} /> : null}
      {plan && plan.waiting > 0 ? <p className="note">{t("day")}</p> : null}
      <List<HandoverItem>
        queryKey={["handover", id, "items", state]} label={t("items")} searchable={false} rowKey={(i) => i.id} refresh={15_000}
        fetch={(q) => call(api.GET("/api/v1/handover/plans/{id}/items", { params: { path: { id }, query: { ...q, ...(state ? { state } : {}) } } }))}
        filters={
          <Select allowClear aria-label={t("state")} placeholder={t("state")} style={{ minWidth: 160 }} value={state} onChange={(s: HandoverState | undefined) => setState(s ?? null)} options={states.map((s) => ({ value: s, label: t(`states.${s}`) }))} />
        }
        empty={<Empty title={t("items_none")} />}
        columns={[
          {
            key: "name", title: t("name"), main: true,
            cell: (i) => i.kind === "group"
              ? <Link to="/groups/$id" params={{ id: i.target_id }}>{i.name}</Link>
              : i.person_id ? <Link to="/people/$id" params={{ id: i.person_id }}>{i.name || i.person_id}</Link> : i.name,
          },
          { key: "kind", title: t("what"), cell: (i) => words("handover", "kinds", i.kind) },
          { key: "state", title: t("state"), cell: (i) => <StateMark state={i.state} tone={tones[i.state as HandoverState]} word={words("handover", "states", i.state)} /> },
          { key: "why", title: t("why"), cell: (i) => (i.message ? <>{i.message} <span className="soft">{i.cure}{i.code ? ` (${i.code})` : ""}</span></> : "") },
          { key: "at", title: t("since"), cell: (i) => (i.ended_at || i.asked_at ? dayAndClock(i.ended_at || i.asked_at) : "") },
          { key: "act", title: "", cell: (i) => may && i.may_retry ? <Button size="small" onClick={() => retry.mutate([i.id])}>{t("retry")}</Button> : null },
        ]}
      />
    </Page>
  );
}
