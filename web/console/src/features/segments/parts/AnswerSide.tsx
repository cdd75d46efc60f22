// How many, who, and who is left out: the live answer beside the lines.
import { Button, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Face } from "@/shared/Face";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import type { SegmentPurpose } from "@/shared/types";
import { useWide } from "@/shared/useWide";
import type { Builder } from "./useBuilder";

const PURPOSES = ["audience", "promotion", "profiling", "service"] as const;

type Props = { builder: Builder; purpose: SegmentPurpose; onPurpose: (purpose: SegmentPurpose) => void; onWhy: (person: { id: string; name: string }) => void };

export function AnswerSide({ builder, purpose, onPurpose, onWhy }: Props) {
  const { t } = useTranslation("segments");
  const { count } = useFormat();
  const wide = useWide();
  const { answer, fresh, settling } = builder;
  const old = !fresh || settling;
  return (
    <div className="stack">
      <p className={old ? "seg-total old" : "seg-total"} role="status" aria-live="polite">{answer ? t("total", { n: count(answer.count) }) : t("total_none")}</p>
      {builder.error && !builder.refused ? <Failure error={builder.error} retry={builder.retry} /> : null}
      {builder.refused ? <p className="bad">{t("asked_refused")}</p> : null}
      {builder.left.length > 0 ? <p className="note">{t("left_out", { count: builder.left.length })}</p> : null}
      <Field label={t("purpose")}>
        {(id) => <Select<SegmentPurpose> id={id} value={purpose} options={PURPOSES.map((p) => ({ value: p, label: t(`purposes.${p}`) }))} onChange={onPurpose} />}
      </Field>
      {answer && answer.barred > 0 && purpose !== "service" ? <p className="soft">{t("barred", { n: count(answer.barred) })}</p> : null}
      <p className="soft">{t("never_in")}</p>
      {answer?.gone.map((thing) => <p key={`${thing.thing}${thing.id}`} className="note">{t("gone", { name: thing.name || thing.id })}</p>)}
      {answer && answer.sample.length > 0 ? (
        <details className="seg-sample" open={wide}>
          <summary>{t("sample", { n: count(answer.sample.length) })}</summary>
          <ul className="stack">
            {answer.sample.map((p) => (
              <li key={p.id} className="row">
                <span className="grow clip"><Face name={p.name} picture={p.avatar ?? null} /> {p.name || t("nameless")}</span>
                <Button size="small" type="text" aria-label={t("why_named", { name: p.name || t("nameless") })} onClick={() => onWhy({ id: p.id, name: p.name || t("nameless") })}>{t("why")}</Button>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
