// Reach → open → order as one narrowing bar: counts and rates, the baseline as a ghost, whiskers for the interval.
import { useTranslation } from "react-i18next";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import { type Step, widthOf } from "./card";
import "./release.css";

type Props = { steps: Step[]; usualOf: number; computedAt: number | null };

export function Funnel({ steps, usualOf, computedAt }: Props) {
  const { t } = useTranslation("metrics");
  const reach = steps[0]?.count ?? 0;
  return (
    <div className="funnel">
      {steps.map((step) => (
        <FunnelRow key={step.id} step={step} reach={reach} computedAt={computedAt} />
      ))}
      <p className="soft funnel-legend">
        <i className="ghost-key" /> {usualOf > 0 ? t("funnel.usual", { count: usualOf }) : t("funnel.no_usual")} <i className="whisker-key" /> {t("funnel.interval")}
      </p>
    </div>
  );
}

function FunnelRow({ step, reach, computedAt }: { step: Step; reach: number; computedAt: number | null }) {
  const { t } = useTranslation("metrics");
  const { count, percent } = useFormat();
  const { rate } = step;
  const width = rate ? widthOf(reach > 0 ? step.count / reach : 0) : reach > 0 ? 100 : 0;
  const spoken = rate
    ? t("funnel.spoken", { name: step.name, count: count(step.count), rate: percent(rate.value), low: percent(rate.low), high: percent(rate.high) })
    : t("funnel.spoken_first", { name: step.name, count: count(step.count) });
  return (
    <div className={step.small ? "funnel-row small" : "funnel-row"} data-step={step.id}>
      <div className="funnel-name">{step.name}</div>
      <div className="funnel-track" role="img" aria-label={spoken}>
        {step.usual !== null ? <i className="funnel-ghost" style={{ width: `${widthOf(step.usual)}%` }} /> : null}
        <i className="funnel-bar" style={{ width: `${width}%` }} />
        {rate && rate.base > 0 ? <i className="funnel-whisker" style={{ left: `${widthOf(rate.low)}%`, width: `${widthOf(rate.high) - widthOf(rate.low)}%` }} /> : null}
      </div>
      <div className="funnel-count">
        <Figure id={step.id} grey={step.small} computedAt={computedAt}>
          {count(step.count)}
        </Figure>
      </div>
      <div className="funnel-rate">
        {rate ? (
          <>
            <span>{percent(rate.value)}</span>
            <span className="faint">{rate.base > 0 ? `${percent(rate.low)}–${percent(rate.high)}` : t("funnel.no_base")}</span>
            {step.usual !== null ? <span className="faint">{t("funnel.usual_rate", { rate: percent(step.usual) })}</span> : null}
          </>
        ) : null}
      </div>
    </div>
  );
}
