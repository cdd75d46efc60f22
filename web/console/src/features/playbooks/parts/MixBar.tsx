// The mix of the week as one bar against its bounds.
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { useWords } from "@/shared/words";
import type { Bounds, Mix } from "./week";

export function MixBar({ mix, bounds }: { mix: Mix; bounds: Bounds }) {
  const { t } = useTranslation("playbooks");
  const words = useWords();
  const { percent } = useFormat();
  const activity = mix.find((m) => m.kind === "activity")?.share ?? 0;
  const some = mix.some((m) => m.share > 0);
  const verdict = !some ? "empty" : activity < bounds.low ? "low" : activity > bounds.high ? "high" : "good";
  return (
    <div className="mix">
      <div className="mix-bar" role="img" aria-label={mix.map((m) => `${words("common", "kind", m.kind)} ${percent(m.share)}`).join(", ")}>
        {mix.filter((m) => m.share > 0).map((m) => (
          <span key={m.kind} style={{ width: `${m.share * 100}%`, background: `var(--${m.kind})` }} />
        ))}
        <i className="mix-bounds" style={{ left: `${bounds.low * 100}%`, width: `${(bounds.high - bounds.low) * 100}%` }} />
      </div>
      <div className="mix-words">
        {mix.map((m) => (
          <span key={m.kind}>
            <i style={{ background: `var(--${m.kind})` }} /> {words("common", "kind", m.kind)} {percent(m.share)}
          </span>
        ))}
        <span className={verdict === "good" || verdict === "empty" ? "soft" : "bad"}>
          {t(`mix.${verdict}`, { low: percent(bounds.low), high: percent(bounds.high) })}
        </span>
      </div>
    </div>
  );
}
