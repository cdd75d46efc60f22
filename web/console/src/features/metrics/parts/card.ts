// How the card's figures become the steps of the narrowing bar.
import { SMALL_BASE } from "@huoqun/ui";
import type { TFunction } from "i18next";
import type { Rate, ReleaseCard } from "@/shared/types";

export type Step = {
  /** The figure's name in the definitions. */
  id: string;
  name: string;
  count: number;
  /** Absent for the first step and for what has no rate. */
  rate: Rate | null;
  /** The same slot's usual share of the reach; null while too little is known. */
  usual: number | null;
  small: boolean;
};

/** Reach, persons who opened, persons who bought: every rate divides by the reach, so the bar narrows honestly. */
export function stepsOf(card: ReleaseCard, t: TFunction<"metrics">): Step[] {
  const { figures, rates, baseline } = card;
  return [
    { id: "reach", name: t("step.reach"), count: figures.reach, rate: null, usual: null, small: figures.reach < SMALL_BASE },
    { id: "opens", name: t("step.opens"), count: figures.opens, rate: rates.open, usual: baseline.open_rate ?? null, small: rates.open.grey },
    { id: "buyers", name: t("step.buyers"), count: figures.buyers, rate: rates.buy, usual: baseline.buy_rate ?? null, small: rates.buy.grey },
  ];
}

/** Width of a share of the reach in per cent. A square root keeps one per cent visible; the words carry the exact figures. */
export const widthOf = (share: number): number => Math.sqrt(Math.max(0, Math.min(1, share))) * 100;
