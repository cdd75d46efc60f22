// What an operator may do about a request now: one thing forward, or a refusal.
import { api, call } from "@huoqun/api";
import { App, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { Section } from "@/shared/Page";
import { SideForm } from "@/shared/SideForm";
import type { DataRequestDetail } from "@/shared/types";
import { useWords } from "@/shared/words";

export function NextStep({ request }: { request: DataRequestDetail }) {
  const { t } = useTranslation("data_requests");
  const words = useWords();
  const { modal } = App.useApp();
  const [note, setNote] = useState("");
  const [refusing, setRefusing] = useState(false);
  const path = { params: { path: { id: request.id } } };
  const renew = { renew: [["data_request", request.id], ["data_requests"], ["today"], ["consents"]], then: () => setNote("") };
  const verify = useAct(() => call(api.POST("/api/v1/data-requests/{id}/verify", { ...path, body: { note: note.trim() } })), renew);
  const finish = useAct(() => call(api.POST("/api/v1/data-requests/{id}/finish", { ...path, body: { note: note.trim() } })), renew);
  const start = useAct(() => call(api.POST("/api/v1/data-requests/{id}/start", path)), renew);
  const begin = () =>
    request.kind === "erase"
      ? void modal.confirm({ title: t("erase_title"), content: t("erase_what"), okText: t("erase_now"), okButtonProps: { danger: true }, onOk: () => start.mutateAsync().catch(() => undefined) })
      : start.mutate();
  const automatic = request.kind === "access" || request.kind === "erase";
  if (request.state === "done" || request.state === "refused") return null;
  if (request.state === "in_work" && automatic) return <p className="note" role="status">{t("working")}</p>;
  const act = request.state === "received" ? verify : finish;
  return (
    <Section title={t("next")}>
      <div className="stack">
        <p>{words("data_requests", "next_what", request.state === "verified" ? request.kind : request.state)}</p>
        {request.state === "verified" ? null : (
          <Field label={request.state === "received" ? t("how_verified") : t("what_done")} hint={t("sentence_hint")}>
            {(id) => <Input.TextArea id={id} rows={2} maxLength={500} value={note} onChange={(e) => setNote(e.target.value)} />}
          </Field>
        )}
        <div className="row">
          {request.state === "verified" ? (
            <Button type="primary" danger={request.kind === "erase"} loading={start.isPending} onClick={begin}>{words("data_requests", "start", request.kind)}</Button>
          ) : (
            <Button type="primary" loading={act.isPending} disabled={note.trim().length < 4} onClick={() => act.mutate()}>{request.state === "received" ? t("verify") : t("finish")}</Button>
          )}
          <Button onClick={() => setRefusing(true)}>{t("refuse")}</Button>
        </div>
        <Failure error={verify.error ?? finish.error ?? start.error} />
      </div>
      {refusing ? <RefuseForm id={request.id} onClose={() => setRefusing(false)} /> : null}
    </Section>
  );
}

function RefuseForm({ id: request, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("data_requests");
  const [why, setWhy] = useState("");
  const [ground, setGround] = useState("");
  const refuse = useAct(() => call(api.POST("/api/v1/data-requests/{id}/refuse", { params: { path: { id: request } }, body: { note: why.trim(), legal_ground: ground.trim() } })), {
    renew: [["data_request", request], ["data_requests"], ["today"]], then: onClose,
  });
  return (
    <SideForm open title={t("refuse")} submit={t("refuse")} busy={refuse.isPending} error={refuse.error} blocked={why.trim().length < 4 || ground.trim().length < 4} onSubmit={() => refuse.mutate()} onClose={onClose}>
      <p>{t("refuse_what")}</p>
      <Field label={t("reason")} hint={t("sentence_hint")}>{(id) => <Input.TextArea id={id} rows={3} maxLength={500} value={why} onChange={(e) => setWhy(e.target.value)} />}</Field>
      <Field label={t("legal_ground")} hint={t("legal_ground_hint")}>{(id) => <Input id={id} maxLength={200} value={ground} onChange={(e) => setGround(e.target.value)} />}</Field>
    </SideForm>
  );
}
