// What was, what is, and what was taken back.
export type History<T> = { past: T[]; now: T; future: T[]; /** Edits of the same kind in a row are one step. */ last: string };

const MOST = 100;

export const begun = <T>(now: T): History<T> => ({ past: [], now, future: [], last: "" });

/** A step; with the mark of the step before, it is part of that one: typing a number is one edit, not one per digit. */
export function changed<T>(history: History<T>, now: T, mark = ""): History<T> {
  if (now === history.now) return history;
  const goesOn = mark !== "" && mark === history.last && history.future.length === 0;
  return { past: goesOn ? history.past : [...history.past, history.now].slice(-MOST), now, future: [], last: mark };
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  return before === undefined ? history : { past: history.past.slice(0, -1), now: before, future: [history.now, ...history.future], last: "" };
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  return next === undefined ? history : { past: [...history.past, history.now], now: next, future, last: "" };
}
