// Who entered and who left, day by day and one by one.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { dayOf, plusDays } from "@huoqun/ui";
import { useTranslation } from "react-i18next";
import { Face } from "@/shared/Face";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { StateMark } from "@/shared/StateMark";
import type { SegmentMove } from "@/shared/types";
import { useWords } from "@/shared/words";

const DAYS = 28;
const DRAWN = 200;

export type DayMoves = { day: number; came: number; went: number };

/** The last days up to today, each with how many entered and left. */
export function byDay(moves: Pick<SegmentMove, "at" | "entered">[], today: number, zone: string, days = DAYS): DayMoves[] {
  const found = new Map<number, DayMoves>();
  for (const move of moves) {
    const day = dayOf(move.at, zone);
    const of = found.get(day) ?? { day, came: 0, went: 0 };
    found.set(day, move.entered ? { ...of, came: of.came + 1 } : { ...of, went: of.went + 1 });
  }
  return Array.from({ length: days }, (_, n) => plusDays(today, n + 1 - days)).map((day) => found.get(day) ?? { day, came: 0, went: 0 });
}

export function Moves({ id }: { id: string }) {
  const { t } = useTranslation("segments");
  const { dayAndClock } = useFormat();
  return (
    <div className="stack-16">
      <Days id={id} />
      <List<SegmentMove>
        queryKey={["segments", "moves", id]} label={t("moves")} searchable={false} refresh={10_000} rowKey={(m) => String(m.no)}
        fetch={(query) => call(api.GET("/api/v1/segments/{id}/moves", { params: { path: { id }, query } }))} empty={<p className="soft">{t("moves_none")}</p>}
        columns={[
          { key: "who", title: t("person"), main: true, cell: (m) => <Link to="/people/$id" params={{ id: m.person_id }}><Face name={m.name} picture={m.avatar ?? null} /> {m.name || t("nameless")}</Link> },
          { key: "way", title: t("way"), cell: (m) => <StateMark state={m.entered ? "done" : "left"} word={m.entered ? t("entered") : t("gone_out")} /> },
          { key: "why", title: t("move_why"), cell: (m) => <Why move={m} /> },
          { key: "at", title: t("at"), cell: (m) => dayAndClock(m.at) },
        ]}
      />
    </div>
  );
}

/** What moved her, and what that was about where it has a name. */
function Why({ move }: { move: Pick<SegmentMove, "cause" | "subject" | "subject_id"> }) {
  const { t } = useTranslation("segments");
  const words = useWords();
  const asked = move.cause === "consent_given" || move.cause === "consent_withdrawn";
  const subject = asked ? words("segments", "values", move.subject_id) : move.subject;
  const cause = words("segments", "causes", move.cause);
  return <>{subject === "" ? cause : t("cause_of", { cause, subject })}</>;
}

/** Bars of the last days. Drawn from the newest moves only, and says so when there were more. */
function Days({ id }: { id: string }) {
  const { t } = useTranslation("segments");
  const { count, day, today, zone } = useFormat();
  const query = useQuery({
    queryKey: ["segments", "moves", id, "days"], refetchInterval: 10_000,
    queryFn: (): Promise<{ items: SegmentMove[]; next?: string | null }> => call(api.GET("/api/v1/segments/{id}/moves", { params: { path: { id }, query: { limit: DRAWN } } })),
  });
  const moves = query.data?.items ?? [];
  if (moves.length === 0) return null;
  const days = byDay(moves, today, zone);
  const most = Math.max(1, ...days.map((d) => d.came + d.went));
  const now = days.at(-1) ?? { came: 0, went: 0 };
  return (
    <div className="stack">
      <p>{t("moved_today", { came: count(now.came), went: count(now.went) })}</p>
      <div className="seg-days" role="img" aria-label={t("days_of", { from: day(days[0]?.day ?? today), to: day(today) })}>
        {days.map((d) => (
          <span key={d.day} title={t("day_moves", { day: day(d.day), came: count(d.came), went: count(d.went) })}>
            <i className="came" style={{ height: `${(d.came / most) * 100}%` }} />
            <i className="went" style={{ height: `${(d.went / most) * 100}%` }} />
          </span>
        ))}
      </div>
      <p className="soft">{query.data?.next ? t("days_newest", { n: count(DRAWN) }) : t("days_legend")}</p>
    </div>
  );
}
