// The card itself: the narrowing bar, what stands beside it, who missed it, the decision, and last time's.
import { minuteOf } from "@huoqun/ui";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import { KindMark, WayMark } from "@/shared/Kind";
import { Section } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { ReleaseCard } from "@/shared/types";
import { useWords } from "@/shared/words";
import { stepsOf } from "./card";
import { Decision, type DecisionBody } from "./Decision";
import { Funnel } from "./Funnel";

type Props = { card: ReleaseCard; locked: boolean; busy: boolean; error: unknown; onDecide: (body: DecisionBody) => void };

export function ReleaseView({ card, locked, busy, error, onDecide }: Props) {
  const { t } = useTranslation("metrics");
  const format = useFormat();
  const computedAt = card.counted_at > 0 ? card.counted_at : format.now;
  return (
    <>
      <p className="row soft">
        <KindMark kind={card.kind} /> <WayMark way={card.way} /> {format.dayAndClock(card.due_at)}
        {card.ripe ? null : <StateMark state="running" word={t("running")} />}
        <Link to="/plan" search={{ post: card.post_id, community: card.community_id, day: card.day }}>{t("to_post")}</Link>
      </p>
      <div className="columns-side">
        <Section title={t("came")}>
          <Funnel steps={stepsOf(card, t)} usualOf={card.baseline.releases} computedAt={computedAt} />
        </Section>
        <div className="stack-16">
          <Section title={t("beside")}>
            <Beside card={card} computedAt={computedAt} />
          </Section>
          <GroupsOf card={card} />
        </div>
      </div>
      <Section title={t("decision.title")} extra={card.decision ? <span className="soft">{t("decided_line", { who: card.decision.decided_by, when: format.dayAndClock(card.decision.at) })}</span> : null}>
        <LastTime card={card} />
        {card.decision?.note ? <p>“{card.decision.note}”</p> : null}
        <Decision chosen={card.decision?.verdict ?? null} planned={minuteOf(card.due_at, format.zone)} busy={busy} error={error} locked={locked} onDecide={onDecide} />
      </Section>
    </>
  );
}

function Beside({ card, computedAt }: { card: ReleaseCard; computedAt: number }) {
  const { t } = useTranslation("metrics");
  const { yuan, count, percent } = useFormat();
  const { figures, rates, baseline } = card;
  const usual = (n: number | null | undefined, show: (n: number) => string) => (typeof n === "number" ? <small>{t("usually", { value: show(n) })}</small> : null);
  return (
    <dl className="beside">
      <div>
        <dt>{t("paid")}</dt>
        <dd>
          <Figure id="paid" computedAt={computedAt}>{yuan(figures.paid)}</Figure>
          {usual(baseline.paid, yuan)}
          {figures.refunded > 0 ? <small><Figure id="refunded" computedAt={computedAt}>{t("refunded", { amount: yuan(figures.refunded) })}</Figure></small> : null}
        </dd>
      </div>
      <div>
        <dt>{t("step.orders")}</dt>
        <dd>
          <Figure id="orders" computedAt={computedAt}>{count(figures.orders)}</Figure>
          {usual(baseline.orders, count)}
        </dd>
      </div>
      <div>
        <dt>{t("step.clicks")}</dt>
        <dd>
          <Figure id="clicks" computedAt={computedAt}>{count(card.clicks)}</Figure>
          {card.unidentified > 0 ? <small>{t("unidentified", { count: card.unidentified })}</small> : null}
        </dd>
      </div>
      <div className={figures.leaves > 0 ? "warns" : ""}>
        <dt>{t("leaves")}</dt>
        <dd>
          <Figure id="leaves" grey={rates.leave.grey} computedAt={computedAt}>{count(figures.leaves)}</Figure>
          <small>{percent(rates.leave.value)} ({percent(rates.leave.low)}–{percent(rates.leave.high)})</small>
          {usual(baseline.leaves, count)}
        </dd>
      </div>
    </dl>
  );
}

function GroupsOf({ card }: { card: ReleaseCard }) {
  const { t } = useTranslation("metrics");
  const { clock } = useFormat();
  const odd = card.groups.filter((g) => g.state !== "sent" || g.late);
  return (
    <Section title={t("groups_title")}>
      <p>
        <Figure id="groups_sent">{t("groups_line", { sent: card.groups_sent, all: card.groups_total, late: card.late })}</Figure>
      </p>
      {odd.length > 0 ? (
        <ul className="missed-list">
          {odd.map((g) => (
            <li key={g.group_id}>
              <Link to="/groups/$id" params={{ id: g.group_id }}>{g.group_name}</Link>
              {g.late ? <StateMark state="late" word={t("late_at", { at: clock(g.at) })} /> : <StateMark state={g.state} />}
              <span className="soft">{g.staff_name}{g.reason_text ? ` · ${g.reason_text}` : ""}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </Section>
  );
}

function LastTime({ card }: { card: ReleaseCard }) {
  const { t } = useTranslation("metrics");
  const words = useWords();
  const { dayAndClock, percent } = useFormat();
  if (!card.before) return null;
  const { decision, open } = card.before;
  return (
    <p className="soft">
      {t("previous", { decision: words("metrics", "decision", decision.verdict), when: dayAndClock(decision.at) })}
      {decision.note ? ` “${decision.note}”` : ""} {t("previous_rate", { then: percent(open.value), now: percent(card.rates.open.value) })}
    </p>
  );
}
