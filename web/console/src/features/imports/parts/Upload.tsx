// Sends a file to the server, which reads it at once; nothing is imported by that.
import { api, call } from "@huoqun/api";
import { Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { ImportDetail, ImportKind } from "@/shared/types";

const kinds: ImportKind[] = ["people", "tags", "orders", "list"];

export function Upload({ onClose, onDone }: { onClose: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation("imports");
  const [kind, setKind] = useState<ImportKind>("people");
  const [file, setFile] = useState<File | null>(null);
  const send = useAct(
    (chosen: File): Promise<ImportDetail> =>
      call(
        api.POST("/api/v1/imports", {
          params: { query: { kind, file_name: chosen.name } }, body: chosen as never, bodySerializer: (body: unknown) => body as BodyInit, headers: { "content-type": "application/octet-stream" },
        }),
      ),
    { renew: [["imports"]], then: (made) => onDone(made.id) },
  );
  return (
    <SideForm open title={t("upload")} submit={t("read")} busy={send.isPending} error={send.error} blocked={!file} onSubmit={() => file && send.mutate(file)} onClose={onClose}>
      <Field label={t("kind")}>
        {(id) => (
          <Radio.Group id={id} value={kind} onChange={(e) => setKind(e.target.value as ImportKind)} aria-label={t("kind")}>
            {kinds.map((k) => <Radio key={k} value={k}>{t(`kinds.${k}`)}</Radio>)}
          </Radio.Group>
        )}
      </Field>
      <p className="soft">{t(`kind_what.${kind}`)}</p>
      <Field label={t("file")} hint={t("file_hint")}>{(id) => <input id={id} type="file" accept=".csv,.txt,.tsv,.xlsx,.sql" onChange={(e) => setFile(e.target.files?.[0] ?? null)} />}</Field>
    </SideForm>
  );
}
