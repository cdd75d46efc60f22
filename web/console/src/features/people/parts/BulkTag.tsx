// Tags many people as one job that can be paused and undone.
import { api, call } from "@huoqun/api";
import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import { TagPick } from "@/shared/TagPick";
import type { BulkSource } from "@/shared/types";

export function BulkTag({ source, onClose }: { source: BulkSource; onClose: (begun: boolean) => void }) {
  const { t } = useTranslation("people");
  const { count } = useFormat();
  const [name, setName] = useState("");
  const [add, setAdd] = useState<string[]>([]);
  const [remove, setRemove] = useState<string[]>([]);
  const begin = useAct(() => call(api.POST("/api/v1/tags/bulk", { body: { name: name.trim(), source, add, remove } })), {
    renew: [["tag-bulks"], ["tags"]], done: t("bulk_begun"), then: () => onClose(true),
  });
  return (
    <SideForm
      open title={t("bulk_title")} submit={t("bulk_start")} busy={begin.isPending} error={begin.error} blocked={add.length + remove.length === 0}
      onSubmit={() => begin.mutate()} onClose={() => onClose(false)}
    >
      <p>{source.kind === "people" ? t("bulk_whom_picked", { n: count(source.ids.length) }) : t("bulk_whom_all")}</p>
      <Field label={t("bulk_name")} optional>{(id) => <Input id={id} value={name} maxLength={60} onChange={(e) => setName(e.target.value)} />}</Field>
      <Field label={t("bulk_add")}>{(id) => <TagPick id={id} value={add} onChange={setAdd} />}</Field>
      <Field label={t("bulk_remove")} optional>{(id) => <TagPick id={id} value={remove} onChange={setRemove} />}</Field>
      <p className="soft">{t("bulk_how")}</p>
    </SideForm>
  );
}
