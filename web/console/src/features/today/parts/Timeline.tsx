// One timeline with a now line: above it what left, with first figures; below it what is due.
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { KindMark, WayMark } from "@/shared/Kind";
import { StateMark } from "@/shared/StateMark";
import type { TodayPost } from "@/shared/types";
import { useWide } from "@/shared/useWide";
import { useWords } from "@/shared/words";

/** As many of the past as one looks back at; the rest behind one tap. */
const RECENT = { wide: 8, narrow: 2 };

export function Timeline({ left, due, now }: { left: TodayPost[]; due: TodayPost[]; now: number }) {
  const { t } = useTranslation("today");
  const { clock } = useFormat();
  const [all, setAll] = useState(false);
  const wide = useWide();
  const hidden = all ? 0 : Math.max(0, left.length - (wide ? RECENT.wide : RECENT.narrow));
  return (
    <section aria-label={t("timeline")}>
      {hidden > 0 ? (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t("earlier", { count: hidden })}
        </Button>
      ) : null}
      <ol className="timeline">
        {left.slice(hidden).map((post) => (
          <TimelineRow key={post.id} post={post} gone />
        ))}
        <li className="now-line">
          <span>{t("now", { time: clock(now) })}</span>
        </li>
        {due.map((post) => (
          <TimelineRow key={post.id} post={post} />
        ))}
        {due.length === 0 ? <li className="soft timeline-end">{t("nothing_due")}</li> : null}
      </ol>
    </section>
  );
}

function TimelineRow({ post, gone }: { post: TodayPost; gone?: boolean }) {
  const { t } = useTranslation("today");
  const words = useWords();
  const { clock } = useFormat();
  return (
    <li className={gone ? "timeline-row gone" : "timeline-row"} style={{ borderLeftColor: `var(--${post.kind})` }}>
      <time className="timeline-time">{clock(post.due_at)}</time>
      <div className="timeline-main">
        <div className="row">
          <Link to="/plan" search={{ post: post.id, community: post.community_id, day: post.day }} className="timeline-title">
            {post.title}
          </Link>
          <KindMark kind={post.kind} />
        </div>
        <div className="row soft timeline-meta">
          <span className="clip">{post.community}</span>
          {post.groups_total > 0 ? <span>{t("groups_count", { count: post.groups_total })}</span> : null}
          <WayMark way={post.way} />
          <span>{t("taps", { who: words("today", "role", post.role) })}</span>
        </div>
      </div>
      <div className="timeline-figures">
        <StateMark state={post.state} />
        {gone ? <FirstFigures post={post} /> : post.reason ? <span className="bad">{post.reason}</span> : null}
      </div>
    </li>
  );
}

function FirstFigures({ post }: { post: TodayPost }) {
  const { t } = useTranslation("today");
  const { count, yuan } = useFormat();
  const figures = post.release?.figures;
  return (
    <Link to="/results/$id" params={{ id: post.id }} className="timeline-first">
      {t("sent_of", { sent: post.groups_sent, all: post.groups_total })}
      {figures && figures.opens > 0 ? ` · ${t("opens", { count: figures.opens, text: count(figures.opens) })}` : ""}
      {figures && figures.orders > 0 ? ` · ${t("orders", { count: figures.orders, paid: yuan(figures.paid) })}` : ""}
    </Link>
  );
}
