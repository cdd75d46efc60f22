// Adds an address or changes one.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { Webhook, WebhookSecret } from "@/shared/types";
import { useWords } from "@/shared/words";

type Props = { webhook: Webhook | null; onClose: () => void; onMade: (made: WebhookSecret) => void };

export function WebhookForm({ webhook, onClose, onMade }: Props) {
  const { t } = useTranslation("webhooks");
  const words = useWords();
  const [url, setUrl] = useState(webhook?.url ?? "");
  const [description, setDescription] = useState(webhook?.description ?? "");
  const [types, setTypes] = useState<string[]>(webhook?.types ?? []);
  const all = useQuery({ queryKey: ["webhook-types"], queryFn: (): Promise<string[]> => call(api.GET("/api/v1/webhook-types")), staleTime: Infinity });
  const save = useAct(
    async () => {
      const body = { url: url.trim(), description: description.trim(), types };
      if (webhook) await call(api.PATCH("/api/v1/webhooks/{id}", { params: { path: { id: webhook.id } }, body }));
      else onMade(await call(api.POST("/api/v1/webhooks", { body })));
    },
    { renew: [["webhooks"], ["webhook"]], then: onClose },
  );
  return (
    <SideForm open title={webhook ? t("change") : t("add")} busy={save.isPending} error={save.error ?? all.error} blocked={url.trim() === "" || types.length === 0} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("url")} hint={t("url_hint")}>{(id) => <Input id={id} inputMode="url" placeholder="https://" value={url} onChange={(e) => setUrl(e.target.value)} maxLength={500} autoFocus />}</Field>
      <Field label={t("description")} optional>{(id) => <Input id={id} value={description} onChange={(e) => setDescription(e.target.value)} maxLength={120} />}</Field>
      <fieldset className="field" style={{ border: 0, padding: 0, margin: 0, minInlineSize: 0 }}>
        <legend>{t("types")}</legend>
        <Checkbox.Group className="stack" value={types} onChange={setTypes} options={(all.data ?? []).map((x) => ({ value: x, label: <>{words("webhooks", "type", x.replace(".", "_"))} <code className="faint">{x}</code></> }))} />
        <div className="field-hint">{t("types_hint")}</div>
      </fieldset>
    </SideForm>
  );
}
