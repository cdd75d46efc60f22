// What came of a request: the copy with its expiring address, the certificate of an erasure, its tombstones.
import { api, call } from "@huoqun/api";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Copy } from "@/shared/Copy";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { Section } from "@/shared/Page";
import { SideForm } from "@/shared/SideForm";
import type { DataRequestDetail } from "@/shared/types";

export function Outcome({ request, may }: { request: DataRequestDetail; may: boolean }) {
  const { t } = useTranslation("data_requests");
  const { dayAndClock, count } = useFormat();
  const [lifting, setLifting] = useState(false);
  const { file, certificate } = request;
  return (
    <>
      {file ? (
        <Section title={t("copy")}>
          <div className="stack">
            <p>{t("copy_until", { when: dayAndClock(file.expires_at), size: count(Math.ceil(file.bytes / 1024)), times: count(file.fetched) })}</p>
            <p className="soft">{t("copy_hand_over")}</p>
            {may ? <Copy text={file.url} /> : null}
            {may ? <div><Button href={`/api/v1/data-requests/${request.id}/copy`}>{t("download")}</Button></div> : null}
          </div>
        </Section>
      ) : null}
      {request.kind === "access" && request.state === "done" && !file ? <p className="note">{t("copy_gone")}</p> : null}
      {certificate ? (
        <Section title={t("certificate")}>
          <div className="stack">
            <p>{t("certificate_what")}</p>
            <p className="soft" style={{ overflowWrap: "anywhere" }}>SHA-256 <code>{certificate}</code></p>
            <div className="row">
              <Button href={`/api/v1/data-requests/${request.id}/certificate`}>{t("download")}</Button>
              {may && request.tombstones > 0 ? <Button onClick={() => setLifting(true)}>{t("lift")}</Button> : null}
            </div>
            <p className="soft">{request.tombstones > 0 ? t("tombstones", { count: request.tombstones }) : t("lifted")}</p>
            <p className="soft">{t("outside")}</p>
          </div>
          {lifting ? <LiftForm id={request.id} onClose={() => setLifting(false)} /> : null}
        </Section>
      ) : null}
    </>
  );
}

function LiftForm({ id: request, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("data_requests");
  const [why, setWhy] = useState("");
  const lift = useAct(() => call(api.POST("/api/v1/data-requests/{id}/lift", { params: { path: { id: request } }, body: { note: why.trim() } })), {
    renew: [["data_request", request]], then: onClose,
  });
  return (
    <SideForm open title={t("lift")} submit={t("lift")} busy={lift.isPending} error={lift.error} blocked={why.trim().length < 4} onSubmit={() => lift.mutate()} onClose={onClose}>
      <p>{t("lift_what")}</p>
      <Field label={t("reason")} hint={t("sentence_hint")}>{(id) => <Input.TextArea id={id} rows={3} maxLength={500} value={why} onChange={(e) => setWhy(e.target.value)} />}</Field>
    </SideForm>
  );
}
