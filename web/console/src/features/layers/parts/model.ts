// What the pages of layers compute: the grid of recency and frequency, and how wide a bar is.
import type { LadderFlow, RfmCell } from "@/shared/types";

export const SCORES = [5, 4, 3, 2, 1] as const;
/** Ladders in the order in which they are shown. */
export const LADDERS = ["stage", "fan", "value", "rfm"] as const;
export type LadderWord = (typeof LADDERS)[number];
export type Filter = { rfm?: string; value?: string; fan?: string; stage?: string; r?: number; f?: number };

/** Persons and money of one field of the grid, all scores of money together. */
export function fieldOf(cells: RfmCell[], r: number, f: number): { persons: number; net: number } {
  const within = cells.filter((c) => c.r === r && c.f === f);
  return { persons: within.reduce((n, c) => n + c.persons, 0), net: within.reduce((n, c) => n + c.net_fen, 0) };
}

/** Percent of the widest, at least two where there is anything. */
export const widthOf = (n: number, most: number): number => (n <= 0 || most <= 0 ? 0 : Math.max(2, Math.round((n / most) * 100)));

/** How dark a field is, from 0 to 4. */
export const shadeOf = (n: number, most: number): number => (n <= 0 || most <= 0 ? 0 : Math.min(4, Math.ceil((n / most) * 4)));

/** Steps between two levels, most persons first; those who came newly or left are apart. */
export const between = (flows: LadderFlow[]): LadderFlow[] =>
  flows.filter((f) => f.from_level !== "" && f.to_level !== "").sort((a, b) => b.persons - a.persons);

export const sum = (flows: LadderFlow[], which: (f: LadderFlow) => boolean): number => flows.filter(which).reduce((n, f) => n + f.persons, 0);

/** Five bounds a hand wrote, as numbers; null while one of them is none or they don't ascend. */
export function boundsOf(typed: string[], factor = 1): [number, number, number, number] | null {
  const numbers = typed.map((x) => (x.trim() === "" ? Number.NaN : Number(x)));
  if (numbers.length !== 4 || numbers.some((n) => !Number.isFinite(n) || n < 0)) return null;
  const scaled = numbers.map((n) => Math.round(n * factor));
  return scaled.every((n, i) => i === 0 || n >= (scaled[i - 1] ?? 0)) ? (scaled as [number, number, number, number]) : null;
}

export const PERIODS = ["once", "week", "month", "quarter", "year"] as const;
export const FAN = ["passerby", "favourable", "true_love", "advocate"] as const;
export const VALUE = ["fan", "loyal_user", "koc", "super_user"] as const;
export const STAGES = ["new", "activated", "buyer", "repeat", "loyal", "at_risk", "lapsed", "won_back", "silent", "left"] as const;
export const SEGMENTS = ["champions", "loyal", "big_spenders", "promising", "need_care", "at_risk", "hibernating", "lost", "prospect"] as const;
/** The levels of each ladder, as they can be promised something. */
export const LEVELS: Record<LadderWord, readonly string[]> = { stage: STAGES, fan: FAN, value: VALUE, rfm: SEGMENTS };
