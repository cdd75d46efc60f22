// Saying no to a suggestion, with the reason that the next one will read.
import { api, call } from "@huoqun/api";
import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { PromotionSuggestion } from "@/shared/types";

export function Decline({ suggestion, onClose }: { suggestion: PromotionSuggestion; onClose: () => void }) {
  const { t } = useTranslation("layers");
  const [reason, setReason] = useState("");
  const decline = useAct(
    () => call(api.POST("/api/v1/layers/suggestions/{id}/decline", { params: { path: { id: suggestion.id } }, body: { reason: reason.trim() } })),
    { renew: [["layers", "suggestions"]], done: t("declined"), then: onClose },
  );
  return (
    <SideForm open title={t("decline_named", { name: suggestion.person_name })} submit={t("decline")} busy={decline.isPending} error={decline.error} blocked={reason.trim() === ""} onSubmit={() => decline.mutate()} onClose={onClose}>
      <Field label={t("decline_reason")} hint={t("decline_hint")}>{(id) => <Input.TextArea id={id} value={reason} maxLength={200} autoSize={{ minRows: 2 }} onChange={(e) => setReason(e.target.value)} />}</Field>
    </SideForm>
  );
}
