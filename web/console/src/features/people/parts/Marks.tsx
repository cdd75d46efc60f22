// What stands against a person's use, whatever she allowed: refusals she can make herself, and what staff suspect or must respect.
import { api, call } from "@huoqun/api";
import { Button, Input, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import type { Mark, MarkRow } from "@/shared/types";
import { useWords } from "@/shared/words";

const MARKS: Mark[] = ["no_promotion", "no_personalisation", "minor_suspected", "restricted"];
const NEEDS_REASON: Mark[] = ["minor_suspected", "restricted"];

export function Marks({ person, marks }: { person: string; marks: MarkRow[] }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const may = useMay("privacy:write");
  const [asking, setAsking] = useState<{ mark: Mark; on: boolean } | null>(null);
  const [reason, setReason] = useState("");
  const change = useAct((body: { mark: Mark; on: boolean; reason: string }) => call(api.POST("/api/v1/privacy/people/{person}/marks", { params: { path: { person } }, body })), {
    renew: [["consents", person], ["person", person], ["privacy"]],
    then: () => {
      setAsking(null);
      setReason("");
    },
  });
  return (
    <div className="stack">
      {MARKS.map((mark) => {
        const row = marks.find((m) => m.mark === mark);
        const flip = (on: boolean) => (NEEDS_REASON.includes(mark) ? setAsking({ mark, on }) : change.mutate({ mark, on, reason: "" }));
        return (
          <div key={mark}>
            <div className="row row-between" style={{ flexWrap: "nowrap" }}>
              <span className="grow">
                {words("people", "marks", mark)}
                <span className="soft" style={{ display: "block" }}>{row ? [dayAndClock(row.at), row.recorded_by || t("herself"), row.reason].filter(Boolean).join(" · ") : words("people", "mark_what", mark)}</span>
              </span>
              <Switch checked={row !== undefined} disabled={!may} loading={change.isPending && change.variables?.mark === mark} aria-label={words("people", "marks", mark)} onChange={flip} />
            </div>
            {asking?.mark === mark ? (
              <div className="row" style={{ flexWrap: "nowrap", marginTop: 4 }}>
                <Input autoFocus value={reason} maxLength={300} placeholder={t("mark_reason")} aria-label={t("mark_reason")} onChange={(e) => setReason(e.target.value)} />
                <Button type="primary" disabled={reason.trim().length < 4} onClick={() => change.mutate({ ...asking, reason: reason.trim() })}>{t("record")}</Button>
              </div>
            ) : null}
          </div>
        );
      })}
      <Failure error={change.error} />
    </div>
  );
}
