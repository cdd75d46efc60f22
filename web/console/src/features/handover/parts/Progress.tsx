// How far a hand-over has come, in words and numbers.
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { StateMark } from "@/shared/StateMark";
import type { HandoverPlan } from "@/shared/types";

export function Progress({ plan }: { plan: HandoverPlan }) {
  const { t } = useTranslation("handover");
  const { count } = useFormat();
  const still = plan.open + plan.waiting;
  return (
    <span className="row">
      <StateMark state={still > 0 ? "waiting" : plan.failed + plan.refused > 0 ? "partial" : "done"} tone={still > 0 ? "waiting" : plan.failed + plan.refused > 0 ? "partly" : "done"} word={t("done_of", { done: count(plan.done), all: count(plan.items) })} />
      {plan.waiting > 0 ? <span className="soft">{t("waiting_n", { n: count(plan.waiting) })}</span> : null}
      {plan.refused > 0 ? <span className="soft">{t("refused_n", { n: count(plan.refused) })}</span> : null}
      {plan.failed > 0 ? <span className="bad">{t("failed_n", { n: count(plan.failed) })}</span> : null}
    </span>
  );
}
