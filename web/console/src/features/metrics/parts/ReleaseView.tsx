// The card itself: the narrowing bar, what stands beside it, who missed it, the decision, and last time's.
import { SMALL_BASE, wilson } from "@huoqun/ui";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import { KindMark, WayMark } from "@/shared/Kind";
import { Section } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import { useWords } from "@/shared/words";
import { type ReleaseCard, stepsOf } from "./card";
import { Decision, type DecisionWord } from "./Decision";
import { Funnel } from "./Funnel";

type Props = { card: ReleaseCard; locked: boolean; busy: boolean; error: unknown; onDecide: (decision: DecisionWord, note: string) => void };

export function ReleaseView({ card, locked, busy, error, onDecide }: Props) {
  const { t } = useTranslation("metrics");
  const words = useWords();
  const format = useFormat();
  const missed = card.targets.filter((x) => x.state !== "sent" && x.state !== "delivered");
  return (
    <>
      <p className="row soft">
        <KindMark kind={card.value_kind} /> <WayMark way={card.way} /> {card.community_name} · {format.dayAndClock(card.planned_at)}
        {card.settled ? null : <StateMark state="running" word={t("running")} />}
      </p>
      <div className="columns-side">
        <Section title={t("came")}>
          <Funnel steps={stepsOf(card, t)} />
        </Section>
        <div className="stack-16">
          <Section title={t("beside")}>
            <Beside card={card} />
          </Section>
          <Section title={t("groups_title")}>
            <p>{t("groups_line", { sent: card.sent, all: card.groups, late: card.late })}</p>
            {missed.length > 0 ? (
              <ul className="missed-list">
                {missed.map((x) => (
                  <li key={x.group_id}>
                    <Link to="/groups/$id" params={{ id: x.group_id }}>{x.group_name}</Link>
                    <StateMark state={x.state} />
                    <span className="soft">{x.staff_name}{x.reason ? ` · ${words("metrics", "reasons", x.reason)}` : ""}</span>
                  </li>
                ))}
              </ul>
            ) : null}
          </Section>
        </div>
      </div>
      <Section title={t("decision.title")} extra={card.decided_at ? <span className="soft">{t("decided_line", { who: card.decided_by ?? "", when: format.dayAndClock(card.decided_at) })}</span> : null}>
        {card.previous ? (
          <p className="soft">
            {t("previous", { decision: words("metrics", "decision", card.previous.decision), when: format.dayAndClock(card.previous.at) })}
            {card.previous.note ? ` “${card.previous.note}”` : ""}
            {typeof card.previous.click_rate_then === "number" ? ` ${t("previous_rate", { then: format.percent(card.previous.click_rate_then), now: format.percent(card.reach > 0 ? card.clicks / card.reach : null) })}` : ""}
          </p>
        ) : null}
        {card.note ? <p>“{card.note}”</p> : null}
        <Decision chosen={card.decision ?? null} busy={busy} error={error} locked={locked} onDecide={onDecide} />
      </Section>
    </>
  );
}

function Beside({ card }: { card: ReleaseCard }) {
  const { t } = useTranslation("metrics");
  const { yuan, count, percent } = useFormat();
  const small = card.reach < SMALL_BASE;
  const [low, high] = wilson(card.leaves_24h, card.reach);
  return (
    <dl className="beside">
      <div>
        <dt>{t("paid")}</dt>
        <dd><Figure id="paid" computedAt={card.computed_at}>{yuan(card.paid_fen)}</Figure></dd>
      </div>
      <div className={card.leaves_24h > 0 ? "warns" : ""}>
        <dt>{t("leaves")}</dt>
        <dd>
          <Figure id="leaves_24h" grey={small} computedAt={card.computed_at}>{count(card.leaves_24h)}</Figure>
          <small>{percent(card.reach > 0 ? card.leaves_24h / card.reach : null)} ({percent(low)}–{percent(high)})</small>
        </dd>
      </div>
    </dl>
  );
}
