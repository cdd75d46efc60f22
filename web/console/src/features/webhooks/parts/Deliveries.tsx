// What went to an address: filters, the list, and one delivery with request and answers.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Delivery, DeliveryDetail, Webhook } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

const states = ["waiting", "delivered", "failed", "held"] as const;

export function Deliveries({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("webhooks");
  const words = useWords();
  const { when, dayAndClock, count } = useFormat();
  const [state, setState] = useState("");
  const [type, setType] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const typeWord = (x: string) => words("webhooks", "type", x.replace(".", "_"));
  return (
    <>
      <List<Delivery>
        queryKey={["webhook-deliveries", webhook.id, state, type]} label={t("deliveries")} searchable={false} refresh={15_000} rowKey={(d) => d.id}
        fetch={(query) => call(api.GET("/api/v1/webhooks/{id}/deliveries", { params: { path: { id: webhook.id }, query: { ...query, ...(state ? { state } : {}), ...(type ? { type } : {}) } } }))}
        filters={
          <>
            <Select aria-label={t("state")} value={state} onChange={setState} style={{ minWidth: 130 }} options={[{ value: "", label: t("any_state") }, ...states.map((s) => ({ value: s, label: t(`states.${s}`) }))]} />
            <Select aria-label={t("types")} value={type} onChange={setType} style={{ minWidth: 150 }} options={[{ value: "", label: t("any_type") }, ...[...webhook.types, "webhook.test"].map((x) => ({ value: x, label: typeWord(x) }))]} />
          </>
        }
        empty={<Empty title={t("deliveries_none")}>{t("deliveries_none_why")}</Empty>}
        columns={[
          { key: "type", title: t("what"), main: true, cell: (d) => <Button type="link" size="small" style={{ padding: 0 }} onClick={() => setOpen(d.id)}>{typeWord(d.event_type)}</Button> },
          { key: "state", title: t("state"), cell: (d) => <DeliveryState delivery={d} /> },
          { key: "answer", title: t("answer"), cell: (d) => <Answer status={d.last_status} error={d.last_error} /> },
          { key: "attempts", title: t("attempts"), number: true, cell: (d) => count(d.attempts) },
          { key: "next", title: t("next"), cell: (d) => (d.next_at && d.attempts > 0 ? dayAndClock(d.next_at) : "") },
          { key: "at", title: t("at"), cell: (d) => when(d.created_at) },
        ]}
      />
      {open ? <One webhook={webhook.id} id={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function DeliveryState({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation("webhooks");
  const state = delivery.state as (typeof states)[number];
  return <StateMark state={state} {...(state === "held" ? { tone: "off" as const } : {})} word={t(`states.${state}`)} />;
}

function Answer({ status, error }: { status: number; error: string }) {
  return status > 0 ? <code>{status}</code> : <span className="soft clip-2">{error}</span>;
}

function One({ webhook, id, onClose }: { webhook: string; id: string; onClose: () => void }) {
  const { t } = useTranslation("webhooks");
  const { dayAndClock } = useFormat();
  const may = useMay("webhooks:write");
  const path = { params: { path: { id: webhook, delivery: id } } };
  const query = useQuery({ queryKey: ["webhook-deliveries", webhook, "one", id], queryFn: (): Promise<DeliveryDetail> => call(api.GET("/api/v1/webhooks/{id}/deliveries/{delivery}", path)), refetchInterval: 5_000 });
  const again = useAct(() => call(api.POST("/api/v1/webhooks/{id}/deliveries/{delivery}/replay", path)), { renew: [["webhook-deliveries", webhook], ["webhook", webhook]], done: t("replayed", { count: 1 }), tellErrors: true });
  const one = query.data;
  return (
    <Drawer open onClose={onClose} title={t("delivery")} size="min(640px, 100vw)" destroyOnHidden>
      <div className="stack-16">
        <Failure error={query.error} retry={() => void query.refetch()} />
        {query.isPending ? <Waiting rows={6} /> : null}
        {one ? (
          <>
            <div className="row row-between">
              <DeliveryState delivery={one} />
              {may ? <Button onClick={() => again.mutate()} loading={again.isPending}>{t("send_again")}</Button> : null}
            </div>
            <section className="stack">
              <h3>{t("request")}</h3>
              <Raw text={`POST ${one.url}\nwebhook-id: ${one.message_id}\n\n${pretty(one.payload)}`} label={t("request")} />
            </section>
            <section className="stack">
              <h3>{t("calls")}</h3>
              {one.calls.length === 0 ? <p className="soft">{t("calls_none")}</p> : null}
              {one.calls.map((c) => (
                <div key={c.number} className="stack">
                  <span className="row">{t("call", { number: c.number })} <time className="soft">{dayAndClock(c.at)}</time> {c.ended_at === 0 ? <span className="bad">{t("unknown_end")}</span> : <Answer status={c.status} error={c.error} />}</span>
                  {c.body ? <Raw text={c.body} label={t("call", { number: c.number })} /> : null}
                </div>
              ))}
            </section>
          </>
        ) : null}
      </div>
    </Drawer>
  );
}

function Raw({ text, label }: { text: string; label: string }) {
  return <pre tabIndex={0} role="region" aria-label={label} style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere", maxHeight: 280, overflow: "auto", margin: 0 }}>{text}</pre>;
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
