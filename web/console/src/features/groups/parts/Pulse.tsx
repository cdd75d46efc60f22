// A strip of 28 days: joins and leaves as bars, posts and clicks as rows of figures under the finger.
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import type { PulseDay } from "@/shared/types";
import "./pulse.css";

export function Pulse({ days }: { days: PulseDay[] }) {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const [at, setAt] = useState<number | null>(null);
  if (days.length === 0) return <p className="soft">{t("pulse_none")}</p>;
  const shown = days.find((d) => d.day === at) ?? days[days.length - 1];
  const most = (pick: (d: PulseDay) => number) => Math.max(1, ...days.map(pick));
  const joins = most((d) => Math.max(d.joins, d.leaves));
  const clicks = most((d) => d.clicks);
  return (
    <div className="pulse">
      <div className="pulse-strip" role="list">
        {days.map((d) => (
          <button
            key={d.day} type="button" className={d === shown ? "pulse-day on" : "pulse-day"} onMouseEnter={() => setAt(d.day)} onFocus={() => setAt(d.day)} onClick={() => setAt(d.day)}
            aria-label={t("pulse_day", { day: format.day(d.day), joins: d.joins, leaves: d.leaves, clicks: d.clicks, posts: d.posts })}
          >
            <span className="pulse-up"><i style={{ height: `${(d.joins / joins) * 100}%` }} /></span>
            <span className="pulse-down"><i style={{ height: `${(d.leaves / joins) * 100}%` }} /></span>
            <span className="pulse-clicks" style={{ opacity: 0.12 + (d.clicks / clicks) * 0.88, visibility: d.clicks > 0 ? "visible" : "hidden" }} />
          </button>
        ))}
      </div>
      {shown ? (
        <p className="row pulse-words">
          <strong>{format.weekday(shown.day)} {format.day(shown.day)}</strong>
          <span>{t("pulse_joins", { n: format.count(shown.joins) })}</span>
          <span>{t("pulse_leaves", { n: format.count(shown.leaves) })}</span>
          <span>{t("pulse_clicks", { n: format.count(shown.clicks) })}</span>
          <span>{t("pulse_posts", { n: format.count(shown.posts) })}</span>
          <span className="soft">{t("pulse_members", { n: format.count(shown.members) })}</span>
        </p>
      ) : null}
    </div>
  );
}
