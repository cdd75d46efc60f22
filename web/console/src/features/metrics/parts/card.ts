// The release card's numbers and how they become the steps of the bar.
import type { TFunction } from "i18next";
import type { Release } from "@/shared/types";
import type { Step } from "./Funnel";

export type Usual = { open_rate: number | null; click_rate: number | null; order_rate: number | null; leave_rate: number | null; releases: number };
export type ReleaseCard = Release & {
  usual: Usual; late: number; computed_at: number;
  targets: { group_id: string; group_name: string; state: string; sent_at?: number | null; staff_name: string; reason?: string | null }[];
  decided_at?: number | null; decided_by?: string | null; note?: string | null;
  previous?: { title: string; decision: string; at: number; note?: string | null; click_rate_then?: number | null } | null;
};

/** Each step's rate divides by the reach, except orders, which divide by the clickers. */
export function stepsOf(card: ReleaseCard, t: TFunction<"metrics">): Step[] {
  const made = { computedAt: card.computed_at };
  return [
    { id: "reach", name: t("step.reach"), count: card.reach, base: null, usual: null, ...made },
    { id: "opens", name: t("step.opens"), count: card.opens, base: card.reach, usual: card.usual.open_rate, ...made },
    { id: "clicks", name: t("step.clicks"), count: card.clicks, base: card.reach, usual: card.usual.click_rate, ...made },
    { id: "orders", name: t("step.orders"), count: card.orders, base: card.clicks, usual: card.usual.order_rate, ...made },
  ];
}
