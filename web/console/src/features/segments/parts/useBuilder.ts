// The builder's state: the tree with its history, the text while it is typed, and the live answer about either.
import { ApiError } from "@huoqun/api";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { SegmentPurpose } from "@/shared/types";
import { begun, changed, type History, redone, undone } from "../model/history";
import { unfinished } from "../model/terms";
import { closed, type Expr, type Group, keysOf, opened, question } from "../model/tree";
import { type Asked, placeIn, useAnswer, useSettled, type Wording } from "../queries";

export type Builder = ReturnType<typeof useBuilder>;

type State = { history: History<Group>; /** As typed; null while the tree leads. */ text: string | null };

export function useBuilder(first: Group, purpose: SegmentPurpose) {
  const [{ history, text }, setState] = useState<State>({ history: begun(first), text: null });
  const [openKey, setOpenKey] = useState<string | null>(null);
  const focus = useRef<string | null>(null);
  const root = history.now;

  const asked = useMemo(() => question(root, unfinished), [root]);
  const now = useMemo<Asked>(() => ({ wording: text === null ? { expr: asked.expr } : { text }, keyAt: asked.keyAt, keys: text === null ? keysOf(root) : [] }), [asked, text, root]);
  const settled = useSettled(now);
  const typed = "text" in settled.wording ? settled.wording.text : null;
  const answer = useAnswer(settled, purpose, typed === null || typed.trim() !== "");
  const data = answer.data;
  const fresh = data !== undefined && !answer.isPlaceholderData && !answer.error;

  // A text that could be read becomes the tree; once, because the answer comes again every few seconds.
  const taken = useRef<string | null>(null);
  useEffect(() => {
    if (!fresh || typed === null || taken.current === typed) return;
    taken.current = typed;
    setState((s) => (s.text === typed ? { ...s, history: changed(s.history, opened(data.expr as unknown as Expr), "text") } : s));
  }, [fresh, typed, data]);

  useEffect(() => {
    if (!focus.current) return;
    document.querySelector<HTMLElement>(`[data-line="${focus.current}"]`)?.focus();
    focus.current = null;
  }, [root]);

  /** Edits the tree; `then` is the line that gets the focus. */
  const edit = useCallback((to: (root: Group) => Group, mark = "", then?: string) => {
    if (then) focus.current = then;
    taken.current = null;
    setState((s) => ({ text: null, history: changed(s.history, to(s.history.now), mark) }));
  }, []);
  const undo = useCallback(() => setState((s) => ({ text: null, history: undone(s.history) })), []);
  const redo = useCallback(() => setState((s) => ({ text: null, history: redone(s.history) })), []);
  const type = useCallback((value: string) => setState((s) => ({ ...s, text: value })), []);

  // In text mode the lines are what the answer says; a single condition of the text stands in a group of the builder's.
  const single = text !== null && data !== undefined && "is" in data.expr ? root.lines[0] : undefined;
  const keyAt = useMemo(() => (single ? new Map([["", single.key]]) : asked.keyAt), [single, asked]);
  const readCounts = useMemo(() => new Map((data?.lines ?? []).map((l): [string, number] => [keyAt.get(l.path.join(".")) ?? "", l.count])), [data, keyAt]);

  const place = placeIn(answer.error);
  // In text mode the tree is what the text said before; only the text's own place helps.
  const wrongKey = text === null && place?.path ? (settled.keyAt.get(place.path.join(".")) ?? null) : null;
  /** What would be saved. A text is kept as it was typed, comments and all. */
  const wording: Wording = text === null ? { expr: closed(root) } : { text };
  return {
    root, text, openKey, setOpenKey, edit, undo, redo, type, wording,
    canUndo: history.past.length > 0, canRedo: history.future.length > 0,
    left: text === null ? asked.left : [], asked: settled, keyAt: text === null ? settled.keyAt : keyAt,
    answer: data, fresh, counts: text === null ? data?.counts : readCounts, pending: answer.isFetching && !fresh, settling: settled !== now,
    error: answer.error, refused: answer.error instanceof ApiError && answer.error.status === 422, place, wrongKey,
    printed: data?.text ?? "", retry: () => void answer.refetch(),
  };
}
