// Picking a chip up, asking the server about each slot it passes, and dropping it or being refused.
import { useCallback, useRef, useState } from "react";
import type { Chip, Slot, Verdict } from "./week";

export type Moving = { chip: Chip; slot: Slot; verdict: Verdict | null; busy: boolean };
export type Refused = { chip: Chip; slot: Slot; sentence: string; nearest?: Slot | undefined };

type Asks = {
  /** Asks whether the slot would hold, without moving. */
  check: (chip: Chip, slot: Slot) => Promise<Verdict>;
  /** Moves; answers like `check`. */
  move: (chip: Chip, slot: Slot) => Promise<Verdict>;
};

const same = (a: Slot, b: Slot) => a.day === b.day && a.minute === b.minute;

export function useMove({ check, move }: Asks) {
  const [moving, setMoving] = useState<Moving | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);
  const current = useRef<Moving | null>(null);
  const asked = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const set = useCallback((next: Moving | null) => {
    current.current = next;
    setMoving(next);
  }, []);

  const pick = useCallback(
    (chip: Chip) => {
      setRefused(null);
      set({ chip, slot: { day: chip.day, minute: chip.minute }, verdict: null, busy: false });
    },
    [set],
  );

  const over = useCallback(
    (slot: Slot) => {
      const now = current.current;
      if (!now || now.busy || same(now.slot, slot)) return;
      set({ ...now, slot, verdict: null });
      clearTimeout(timer.current);
      const turn = ++asked.current;
      if (same(slot, now.chip)) return;
      // A short pause spares the server the slots that are only crossed; a late answer for another slot is dropped.
      timer.current = setTimeout(() => {
        void check(now.chip, slot).then((verdict) => {
          const then = current.current;
          if (then && turn === asked.current && same(then.slot, slot)) set({ ...then, verdict });
        });
      }, 120);
    },
    [check, set],
  );

  const cancel = useCallback(() => {
    clearTimeout(timer.current);
    asked.current++;
    set(null);
  }, [set]);

  const settle = useCallback(
    async (chip: Chip, slot: Slot) => {
      const verdict = await move(chip, slot);
      set(null);
      setRefused(verdict.ok ? null : { chip, slot, sentence: verdict.sentence, nearest: verdict.nearest });
      return verdict.ok;
    },
    [move, set],
  );

  const drop = useCallback(async (): Promise<boolean> => {
    const now = current.current;
    if (!now || now.busy) return false;
    clearTimeout(timer.current);
    asked.current++;
    if (same(now.slot, now.chip)) {
      set(null);
      return false;
    }
    set({ ...now, busy: true });
    return settle(now.chip, now.slot);
  }, [set, settle]);

  return { moving, refused, pick, over, drop, cancel, settle, dismiss: () => setRefused(null) };
}
