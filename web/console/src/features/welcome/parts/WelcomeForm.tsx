// Writes a welcome, with a preview as the contact will see it.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { ChatPreview } from "@/shared/ChatPreview";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { LiveCode, Welcome } from "@/shared/types";

export function WelcomeForm({ welcome, onClose }: { welcome: Welcome | null; onClose: () => void }) {
  const { t } = useTranslation("welcome");
  const [name, setName] = useState(welcome?.name ?? "");
  const [text, setText] = useState(welcome?.text ?? "");
  const [codes, setCodes] = useState(welcome?.code_ids ?? []);
  const all = useQuery({ queryKey: ["live-codes", "all"], queryFn: (): Promise<{ items: LiveCode[] }> => call(api.GET("/api/v1/live-codes", { params: { query: { limit: 200 } } })) });
  const save = useAct(
    () => {
      const body = { name: name.trim(), text, code_ids: codes };
      return welcome ? call(api.PATCH("/api/v1/welcomes/{id}", { params: { path: { id: welcome.id } }, body })) : call(api.POST("/api/v1/welcomes", { body }));
    },
    { renew: [["welcomes"]], then: onClose },
  );
  return (
    <SideForm open wide title={welcome ? welcome.name : t("add")} busy={save.isPending} error={save.error} blocked={name.trim() === "" || text.trim() === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <div className="columns">
        <div className="form">
          <Field label={t("name")}>{(id) => <Input id={id} value={name} maxLength={30} onChange={(e) => setName(e.target.value)} />}</Field>
          <Field label={t("text")} hint={t("text_hint")}>{(id) => <Input.TextArea id={id} value={text} maxLength={1000} showCount autoSize={{ minRows: 6, maxRows: 16 }} onChange={(e) => setText(e.target.value)} />}</Field>
          <Field label={t("codes")} optional hint={t("codes_hint")}>
            {(id) => <Select id={id} mode="multiple" optionFilterProp="label" value={codes} onChange={setCodes} options={(all.data?.items ?? []).filter((c) => c.target === "staff").map((c) => ({ value: c.id, label: c.title }))} />}
          </Field>
        </div>
        <ChatPreview sender={t("preview_sender")} text={text} />
      </div>
    </SideForm>
  );
}
