// One timeline with a now line: above it what left, with first figures; below it what is due.
import { LinkOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { KindMark, WayMark } from "@/shared/Kind";
import { StateMark } from "@/shared/StateMark";
import type { TodayRow } from "@/shared/types";

export function Timeline({ rows, now }: { rows: TodayRow[]; now: number }) {
  const { t } = useTranslation("today");
  const { clock } = useFormat();
  const line = useRef<HTMLLIElement>(null);
  const sorted = [...rows].sort((a, b) => a.at - b.at);
  const past = sorted.filter((r) => r.at <= now);
  const due = sorted.filter((r) => r.at > now);

  // On a phone the now line is brought into view once, so that the next thing to do is what one sees.
  const shown = useRef(false);
  useEffect(() => {
    if (shown.current || past.length < 6) return;
    shown.current = true;
    line.current?.scrollIntoView({ block: "center" });
  }, [past.length]);

  return (
    <ol className="timeline">
      {past.map((row) => (
        <TimelineRow key={row.post_id} row={row} gone />
      ))}
      <li className="now-line" ref={line} aria-label={t("now", { time: clock(now) })}>
        <span>{t("now", { time: clock(now) })}</span>
      </li>
      {due.map((row) => (
        <TimelineRow key={row.post_id} row={row} />
      ))}
      {due.length === 0 ? <li className="soft timeline-end">{t("nothing_due")}</li> : null}
    </ol>
  );
}

function TimelineRow({ row, gone }: { row: TodayRow; gone?: boolean }) {
  const { t } = useTranslation("today");
  const { clock, count, yuan } = useFormat();
  const groups = row.group_names.slice(0, 2).join("、");
  return (
    <li className={gone ? "timeline-row gone" : "timeline-row"} style={{ borderLeftColor: `var(--${row.value_kind})` }}>
      <time className="timeline-time">{clock(row.at)}</time>
      <div className="timeline-main">
        <div className="row">
          <Link to="/plan" search={{ post: row.post_id }} className="timeline-title">
            {row.title}
          </Link>
          <KindMark kind={row.value_kind} />
        </div>
        <div className="row soft timeline-meta">
          <WayMark way={row.way} />
          <span className="clip">{row.groups > 2 ? t("groups_more", { names: groups, count: row.groups }) : groups || t("groups_count", { count: row.groups })}</span>
          {row.tappers.length > 0 ? <span className="clip">{t("taps", { names: row.tappers.slice(0, 3).join("、") })}</span> : null}
        </div>
      </div>
      <div className="timeline-figures">
        <StateMark state={row.state} />
        {gone ? (
          <span className="soft">
            {t("sent_of", { sent: row.sent, all: row.groups })}
            {row.clicks > 0 ? (
              <>
                {" · "}
                <LinkOutlined aria-hidden="true" /> {t("clicks", { count: row.clicks, text: count(row.clicks) })}
              </>
            ) : null}
            {row.orders > 0 ? ` · ${t("orders", { count: row.orders, paid: yuan(row.paid_fen) })}` : null}
          </span>
        ) : null}
      </div>
    </li>
  );
}
