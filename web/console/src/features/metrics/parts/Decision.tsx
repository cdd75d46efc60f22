// Four ways to go on after a release, and why.
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";

export const verdicts = ["keep", "move", "change", "stop"] as const;
export type DecisionWord = (typeof verdicts)[number];

type Props = { chosen: string | null; busy: boolean; error: unknown; locked: boolean; onDecide: (decision: DecisionWord, note: string) => void };

export function Decision({ chosen, busy, error, locked, onDecide }: Props) {
  const { t } = useTranslation("metrics");
  const [note, setNote] = useState("");
  return (
    <div className="stack">
      <div className="decision" role="group" aria-label={t("decision.title")}>
        {verdicts.map((word) => (
          <Button key={word} size="large" type={chosen === word ? "primary" : "default"} danger={word === "stop"} disabled={locked || busy} aria-pressed={chosen === word} onClick={() => onDecide(word, note.trim())}>
            <span>
              {t(`decision.${word}`)}
              <small>{t(`decision.${word}_hint`)}</small>
            </span>
          </Button>
        ))}
      </div>
      {locked ? null : <Input.TextArea value={note} onChange={(e) => setNote(e.target.value)} autoSize={{ minRows: 1, maxRows: 4 }} maxLength={500} placeholder={t("decision.note")} aria-label={t("decision.note")} />}
      <Failure error={error} />
    </div>
  );
}
