// Four ways to go on after a release, and why.
import { clockOfMinute } from "@huoqun/ui";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";

export const verdicts = ["keep", "move", "change", "stop"] as const;
export type Verdict = (typeof verdicts)[number];
export type DecisionBody = { verdict: Verdict; minute?: number; note: string };

type Props = { chosen: string | null; planned: number; busy: boolean; error: unknown; locked: boolean; onDecide: (body: DecisionBody) => void };

export function Decision({ chosen, planned, busy, error, locked, onDecide }: Props) {
  const { t } = useTranslation("metrics");
  const [note, setNote] = useState("");
  const [minute, setMinute] = useState<number | null>(null);
  const decide = (verdict: Verdict) => {
    // Moving needs to know where to: the first press asks, the time's own button decides.
    if (verdict === "move") return setMinute(minute === null ? planned : null);
    setMinute(null);
    onDecide({ verdict, note: note.trim() });
  };
  return (
    <div className="stack">
      <div className="decision" role="group" aria-label={t("decision.title")}>
        {verdicts.map((verdict) => (
          <Button key={verdict} size="large" type={chosen === verdict ? "primary" : "default"} danger={verdict === "stop"} disabled={locked || busy} aria-pressed={chosen === verdict} onClick={() => decide(verdict)}>
            <span>
              {t(`decision.${verdict}`)}
              <small>{t(`decision.${verdict}_hint`)}</small>
            </span>
          </Button>
        ))}
      </div>
      {minute !== null ? (
        <Field label={t("decision.to")}>
          {(id) => (
            <span className="row">
              <Input
                id={id} type="time" step={900} style={{ width: 140 }} value={clockOfMinute(minute)}
                onChange={(e) => {
                  const [h, m] = e.target.value.split(":").map(Number);
                  if (h !== undefined && m !== undefined) setMinute(h * 60 + m);
                }}
              />
              <Button type="primary" loading={busy} onClick={() => onDecide({ verdict: "move", minute, note: note.trim() })}>
                {t("decision.move_to", { time: clockOfMinute(minute) })}
              </Button>
            </span>
          )}
        </Field>
      ) : null}
      {locked ? null : <Input.TextArea value={note} onChange={(e) => setNote(e.target.value)} autoSize={{ minRows: 1, maxRows: 4 }} maxLength={500} placeholder={t("decision.note")} aria-label={t("decision.note")} />}
      <Failure error={error} />
    </div>
  );
}
