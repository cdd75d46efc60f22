// The week as the grid draws it, and the arithmetic of places in it. Pure.
import { plusDays } from "@huoqun/ui";
import type { Slot } from "@/shared/types";

export type { Slot };

/** A post in its slot. `minute` counts from local midnight. */
export type Chip = {
  id: string; title: string; day: number; minute: number; kind: string; way: string; state: string; tracked: boolean; movable: boolean; groups: number;
};
/** A shaded time of day: posts there are refused (quiet) or unusual (meal). */
export type Band = { kind: "quiet" | "meal"; from: number; to: number };
export type DayLoad = { day: number; posts: number; cap: number; broadcasts: number; quota: number };
export type Mix = { kind: string; share: number }[];
export type Bounds = { low: number; high: number };

/** What the server says of a slot. */
export type Verdict = { ok: true; warnings: string[] } | { ok: false; sentence: string; nearest?: Slot | undefined };

export const STEP = 15;
export const HOUR_PX = 46;

/** The hours shown: seven to twenty-three, wider when something lies outside. */
export function hoursOf(chips: Chip[]): { from: number; to: number } {
  const minutes = chips.map((c) => c.minute);
  const from = Math.min(7, ...minutes.map((m) => Math.floor(m / 60)));
  const to = Math.max(23, ...minutes.map((m) => Math.min(24, Math.floor(m / 60) + 2)));
  return { from, to };
}

/** Rounds to the step and keeps within the day. */
export const snap = (minute: number): number => Math.max(0, Math.min(24 * 60 - STEP, Math.round(minute / STEP) * STEP));

/** The slot under a point of the grid's body. */
export function slotAt(x: number, y: number, box: { left: number; top: number; width: number }, monday: number, fromHour: number): Slot {
  const column = Math.max(0, Math.min(6, Math.floor(((x - box.left) / Math.max(1, box.width)) * 7)));
  return { day: plusDays(monday, column), minute: snap(fromHour * 60 + ((y - box.top) / HOUR_PX) * 60) };
}

/** The slot one key press away; null for keys that don't move. */
export function slotByKey(slot: Slot, key: string, monday: number): Slot | null {
  const within = (day: number) => (day < monday || day > plusDays(monday, 6) ? slot.day : day);
  switch (key) {
    case "ArrowUp":
      return { ...slot, minute: snap(slot.minute - STEP) };
    case "ArrowDown":
      return { ...slot, minute: snap(slot.minute + STEP) };
    case "ArrowLeft":
      return { ...slot, day: within(plusDays(slot.day, -1)) };
    case "ArrowRight":
      return { ...slot, day: within(plusDays(slot.day, 1)) };
    default:
      return null;
  }
}

export type Placed = { chip: Chip; top: number };

/** Tops of one day's chips in px: at their time, pushed down where they would cover each other. */
export function place(chips: Chip[], fromHour: number, height: number): Placed[] {
  let free = -Infinity;
  return [...chips]
    .sort((a, b) => a.minute - b.minute || a.id.localeCompare(b.id))
    .map((chip) => {
      const top = Math.max(((chip.minute - fromHour * 60) / 60) * HOUR_PX, free);
      free = top + height + 2;
      return { chip, top };
    });
}
