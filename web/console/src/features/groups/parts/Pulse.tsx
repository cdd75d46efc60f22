// A strip of 28 days: who came and who went, counted from the memberships.
import { api, call } from "@huoqun/api";
import { dayOf, plusDays } from "@huoqun/ui";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import type { Member } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import "./pulse.css";

const DAYS = 28;
/** A group holds at most 500 people; with those who left a few pages suffice. */
const PAGES = 6;

export type PulseDay = { day: number; joins: number; leaves: number };

/** Joins and leaves per local day of the last four weeks; only those who count. */
export function pulseOf(members: Member[], today: number, zone: string): PulseDay[] {
  const days = new Map(Array.from({ length: DAYS }, (_, i) => plusDays(today, i - DAYS + 1)).map((day) => [day, { day, joins: 0, leaves: 0 }]));
  for (const m of members.filter((x) => x.eligible)) {
    const joined = days.get(dayOf(m.joined_at, zone));
    const left = m.left_at ? days.get(dayOf(m.left_at, zone)) : undefined;
    if (joined) joined.joins++;
    if (left) left.leaves++;
  }
  return [...days.values()];
}

async function everybody(group: string): Promise<Member[]> {
  const all: Member[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < PAGES; page++) {
    const query = { limit: 200, left: true, ...(cursor ? { cursor } : {}) };
    const answer: { items: Member[]; next?: string | null } = await call(api.GET("/api/v1/groups/{id}/members", { params: { path: { id: group }, query } }));
    all.push(...answer.items);
    cursor = answer.next;
    if (!cursor) break;
  }
  return all;
}

export function Pulse({ group }: { group: string }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const [at, setAt] = useState<number | null>(null);
  const query = useQuery({ queryKey: ["group", group, "pulse"], queryFn: () => everybody(group), staleTime: 60_000 });
  if (query.error) return <Failure error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Waiting rows={3} height={24} />;
  const days = pulseOf(query.data, format.today, format.zone);
  const shown = days.find((d) => d.day === at) ?? days[days.length - 1];
  const most = Math.max(1, ...days.map((d) => Math.max(d.joins, d.leaves)));
  return (
    <div className="pulse">
      <div className="pulse-strip">
        {days.map((d) => (
          <button
            key={d.day} type="button" className={d === shown ? "pulse-day on" : "pulse-day"} onMouseEnter={() => setAt(d.day)} onFocus={() => setAt(d.day)} onClick={() => setAt(d.day)}
            aria-label={t("pulse_day", { day: format.day(d.day), joins: d.joins, leaves: d.leaves })}
          >
            <span className="pulse-up"><i style={{ height: `${(d.joins / most) * 100}%` }} /></span>
            <span className="pulse-down"><i style={{ height: `${(d.leaves / most) * 100}%` }} /></span>
          </button>
        ))}
      </div>
      {shown ? (
        <p className="row pulse-words">
          <strong>{format.weekday(shown.day)} {format.day(shown.day)}</strong>
          <span>{t("pulse_joins", { n: format.count(shown.joins) })}</span>
          <span>{t("pulse_leaves", { n: format.count(shown.leaves) })}</span>
        </p>
      ) : null}
    </div>
  );
}
