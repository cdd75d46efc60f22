// One timeline of a person: who she added, where she came and went, which tags she got, what she bought.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useCodeTitle } from "@/shared/names";
import type { Order, PersonEvent, TimelineEntry } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

type Event = { at: number; key: string; entry?: TimelineEntry; order?: Order; told?: PersonEvent };

export function History({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const { dayAndClock } = useFormat();
  const happened = useQuery({
    queryKey: ["person", person, "timeline"],
    queryFn: (): Promise<{ items: TimelineEntry[] }> => call(api.GET("/api/v1/people/{id}/timeline", { params: { path: { id: person } } })),
  });
  const orders = useQuery({
    queryKey: ["person", person, "orders"],
    queryFn: (): Promise<{ items: Order[] }> => call(api.GET("/api/v1/orders", { params: { query: { person_id: person, limit: 100 } } })),
  });
  const told = useQuery({
    queryKey: ["person", person, "events"],
    queryFn: (): Promise<{ items: PersonEvent[] }> => call(api.GET("/api/v1/people/{id}/events", { params: { path: { id: person }, query: { limit: 100 } } })),
  });
  const events: Event[] = [
    ...(happened.data?.items ?? []).map((entry) => ({ at: entry.at, key: `${entry.kind}${entry.with}${entry.at}`, entry })),
    ...(orders.data?.items ?? []).map((order) => ({ at: order.paid_at, key: order.id, order })),
    ...(told.data?.items ?? []).map((event) => ({ at: event.at, key: event.id, told: event })),
  ].sort((a, b) => b.at - a.at);
  return (
    <>
      <Failure error={happened.error ?? orders.error ?? told.error} retry={() => void happened.refetch()} />
      {happened.isPending ? <Waiting rows={5} /> : null}
      <ol className="events">
        {events.map((event) => (
          <li key={event.key}>
            <time className="soft">{dayAndClock(event.at)}</time>
            {event.entry ? <Entry entry={event.entry} /> : null}
            {event.order ? <Bought order={event.order} /> : null}
            {event.told ? <Told event={event.told} /> : null}
          </li>
        ))}
      </ol>
      {happened.data && events.length === 0 ? <p className="soft">{t("timeline_none")}</p> : null}
    </>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const words = useWords();
  const codeTitle = useCodeTitle();
  const isGroup = entry.kind === "joined" || entry.kind === "left";
  return (
    <span>
      {words("people", "events", entry.kind)}{" "}
      {isGroup ? <Link to="/groups/$id" params={{ id: entry.with }}>{entry.name}</Link> : entry.name}
      {entry.detail ? <span className="faint"> {codeTitle(entry.detail) ?? words("people", "sources", entry.detail)}</span> : null}
    </span>
  );
}

/** What another system reported. */
function Told({ event }: { event: PersonEvent }) {
  const details = Object.values(event.properties as Record<string, unknown>).filter((v) => v !== null).map(String);
  return (
    <span>
      <code>{event.name}</code> <span className="faint">{details.join(" · ")}</span>
    </span>
  );
}

function Bought({ order }: { order: Order }) {
  const { t } = useTranslation("people");
  const { yuan } = useFormat();
  return (
    <span>
      {t("bought")} {yuan(order.paid_fen)} <span className="soft">{order.items.map((i) => i.name).join("、")}</span>
      {order.refunded_fen > 0 ? <span className="bad"> {t("refunded", { amount: yuan(order.refunded_fen) })}</span> : null}
    </span>
  );
}
