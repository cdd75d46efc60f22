// A state as shape, colour and word.
import { type Tone, toneOf, tonePath, toneToken } from "@huoqun/ui";
import { useWords } from "./words";

export function StateMark({ state, tone, word, bare }: { state: string; tone?: Tone; word?: string; bare?: boolean }) {
  const words = useWords();
  const of = tone ?? toneOf(state);
  const text = word ?? words("common", "state", state);
  const [ink, ground] = toneToken[of];
  return (
    <span className={bare ? "mark mark-bare" : "mark"} style={{ color: `var(--${ink})`, background: bare ? undefined : `var(--${ground})` }}>
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
        <path d={tonePath[of]} fill="currentColor" fillRule="evenodd" />
      </svg>
      <span>{text}</span>
    </span>
  );
}
