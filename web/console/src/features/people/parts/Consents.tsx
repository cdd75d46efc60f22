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
import type { Consent } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

type Answer = { purpose: Consent["purpose"]; granted: boolean; evidence: string };

export function Consents({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const may = useMay("privacy:write");
  const [asking, setAsking] = useState<Consent["purpose"] | null>(null);
  const [evidence, setEvidence] = useState("");
  const path = { params: { path: { person } } };
  const query = useQuery({ queryKey: ["consents", person], queryFn: (): Promise<{ purposes: Consent[] }> => call(api.GET("/api/v1/privacy/people/{person}/consents", path)) });
  const change = useAct((body: Answer) => call(api.POST("/api/v1/privacy/people/{person}/consents", { ...path, body })), {
    renew: [["consents", person], ["person", person]],
    then: () => {
      setAsking(null);
      setEvidence("");
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
              onChange={(granted) => (granted ? setAsking(c.purpose) : change.mutate({ purpose: c.purpose, granted, evidence: "" }))}
            />
          </div>
          {asking === c.purpose ? (
            <div className="row" style={{ flexWrap: "nowrap", marginTop: 4 }}>
              <Input autoFocus value={evidence} maxLength={300} placeholder={t("evidence")} aria-label={t("evidence")} onChange={(e) => setEvidence(e.target.value)} />
              <Button type="primary" disabled={evidence.trim().length < 4} onClick={() => change.mutate({ purpose: c.purpose, granted: true, evidence: evidence.trim() })}>{t("record")}</Button>
            </div>
          ) : null}
        </div>
      ))}
      <Failure error={change.error} />
    </div>
  );
}
