// Consent switches: what a member allows, changed at once. A grant recorded by an operator needs a sentence of evidence.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import type { Consent, PersonConsents } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Marks } from "./Marks";

type Answer = { purpose: Consent["purpose"]; granted: boolean; evidence: string; proof: string };

export function Consents({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const may = useMay("privacy:write");
  const [asking, setAsking] = useState<Consent["purpose"] | null>(null);
  const [evidence, setEvidence] = useState("");
  const [proof, setProof] = useState("");
  const path = { params: { path: { person } } };
  const query = useQuery({ queryKey: ["consents", person], queryFn: (): Promise<PersonConsents> => call(api.GET("/api/v1/privacy/people/{person}/consents", path)) });
  const change = useAct((body: Answer) => call(api.POST("/api/v1/privacy/people/{person}/consents", { ...path, body })), {
    renew: [["consents", person], ["person", person]],
    then: () => {
      setAsking(null);
      setEvidence("");
      setProof("");
    },
  });
  return (
    <div className="stack">
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={5} /> : null}
      {(query.data?.purposes ?? []).map((c) => (
        <div key={c.purpose}>
          <div className="row row-between" style={{ flexWrap: "nowrap" }}>
            <span className="grow">
              {words("people", "purposes", c.purpose)}
              <span className="soft" style={{ display: "block" }}>{c.withdrawn_at ? t("withdrawn", { when: dayAndClock(c.withdrawn_at) }) : c.given_at ? t("given", { when: dayAndClock(c.given_at) }) : t(c.allowed ? "never_asked_allowed" : "never_asked")}</span>
            </span>
            <Switch
              checked={c.allowed} disabled={!may} loading={change.isPending && change.variables?.purpose === c.purpose} aria-label={words("people", "purposes", c.purpose)}
              onChange={(granted) => (granted ? setAsking(c.purpose) : change.mutate({ purpose: c.purpose, granted, evidence: "", proof: "" }))}
            />
          </div>
          {asking === c.purpose ? (
            <div className="stack" style={{ marginTop: 4 }}>
              <Input autoFocus value={evidence} maxLength={300} placeholder={t("evidence")} aria-label={t("evidence")} onChange={(e) => setEvidence(e.target.value)} />
              <div className="row" style={{ flexWrap: "nowrap" }}>
                <Input value={proof} maxLength={300} placeholder={t("proof")} aria-label={t("proof")} onChange={(e) => setProof(e.target.value)} />
                <Button type="primary" disabled={evidence.trim().length < 4} onClick={() => change.mutate({ purpose: c.purpose, granted: true, evidence: evidence.trim(), proof: proof.trim() })}>{t("record")}</Button>
              </div>
            </div>
          ) : null}
        </div>
      ))}
      <Failure error={change.error} />
      <p className="soft">{t("withdraw_reach")}</p>
      {query.data ? <Marks person={person} marks={query.data.marks} /> : null}
      {query.data && query.data.log.length > 0 ? <AnswerLog log={query.data.log} /> : null}
    </div>
  );
}

/** Every answer with its proof, newest first. */
function AnswerLog({ log }: { log: PersonConsents["log"] }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  return (
    <details>
      <summary>{t("answers", { count: log.length })}</summary>
      <ol className="stack">
        {log.map((a) => (
          <li key={a.id}>
            {words("people", "purposes", a.purpose)}: {a.granted ? t("said_yes") : t("said_no")}
            <span className="soft" style={{ display: "block", overflowWrap: "anywhere" }}>
              {[dayAndClock(a.at), words("people", "channels", a.channel), a.recorded_by, t("text_version", { n: a.text_version }), a.channel === "staff" ? a.evidence : "", a.proof].filter(Boolean).join(" · ")}
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
