// Reach → open → click → order as one narrowing bar: counts and rates, the baseline as a ghost, whiskers for the interval.
import { SMALL_BASE, wilson } from "@huoqun/ui";
import { useTranslation } from "react-i18next";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import "./release.css";

export type Step = {
  /** Id of the figure's definition. */
  id: string;
  name: string;
  count: number;
  /** What the rate divides by; null for the first step. */
  base: number | null;
  /** The same slot's usual rate; null while too little is known. */
  usual: number | null;
  computedAt?: number | null;
};

/** Width of a share of the reach. A square root keeps one percent visible; the words carry the exact figures. */
export const widthOf = (share: number): number => Math.sqrt(Math.max(0, Math.min(1, share))) * 100;

export function Funnel({ steps }: { steps: Step[] }) {
  const { t } = useTranslation("metrics");
  const reach = steps[0]?.count ?? 0;
  return (
    <div className="funnel">
      {steps.map((step) => (
        <FunnelRow key={step.id} step={step} reach={reach} />
      ))}
      <p className="soft funnel-legend">
        <i className="ghost-key" /> {t("funnel.usual")} <i className="whisker-key" /> {t("funnel.interval")}
      </p>
    </div>
  );
}

function FunnelRow({ step, reach }: { step: Step; reach: number }) {
  const { t } = useTranslation("metrics");
  const { count, percent } = useFormat();
  const share = reach > 0 ? step.count / reach : 0;
  const rated = step.base !== null;
  const base = step.base ?? 0;
  const small = rated && base < SMALL_BASE;
  const rate = rated && base > 0 ? step.count / base : null;
  const [low, high] = wilson(step.count, base);
  const scale = reach > 0 ? base / reach : 0;
  const spoken = rated
    ? t("funnel.spoken", { name: step.name, count: count(step.count), rate: percent(rate), low: percent(low), high: percent(high) })
    : t("funnel.spoken_first", { name: step.name, count: count(step.count) });
  return (
    <div className={small ? "funnel-row small" : "funnel-row"} data-step={step.id}>
      <div className="funnel-name">{step.name}</div>
      <div className="funnel-track" role="img" aria-label={spoken}>
        {step.usual !== null && rated ? <i className="funnel-ghost" style={{ width: `${widthOf(step.usual * scale)}%` }} /> : null}
        <i className="funnel-bar" style={{ width: `${rated ? widthOf(share) : reach > 0 ? 100 : 0}%` }} />
        {rated && base > 0 ? (
          <i className="funnel-whisker" style={{ left: `${widthOf(low * scale)}%`, width: `${widthOf(high * scale) - widthOf(low * scale)}%` }} />
        ) : null}
      </div>
      <div className="funnel-count">
        <Figure id={step.id} grey={small} computedAt={step.computedAt ?? null}>
          {count(step.count)}
        </Figure>
      </div>
      <div className="funnel-rate">
        {rated ? (
          <>
            <span>{percent(rate)}</span>
            <span className="faint">{base > 0 ? `${percent(low)}–${percent(high)}` : t("funnel.no_base")}</span>
            {step.usual !== null ? <span className="faint">{t("funnel.usual_rate", { rate: percent(step.usual) })}</span> : null}
          </>
        ) : null}
      </div>
    </div>
  );
}
