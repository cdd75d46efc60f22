// Takes a CSV or XLSX file of orders: all of it or none, with every bad row named.
import { api, call } from "@huoqun/api";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { ImportResult } from "@/shared/types";

export function ImportOrders({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("orders");
  const [file, setFile] = useState<File | null>(null);
  const send = useAct(
    (chosen: File): Promise<ImportResult> =>
      call(api.POST("/api/v1/orders/import", { body: chosen as never, bodySerializer: (b: unknown) => b as BodyInit, headers: { "content-type": typeOf(chosen.name) } })),
    { renew: [["orders"], ["today"]] },
  );
  const result = send.data;
  return (
    <SideForm
      open title={t("import")} submit={t("import")} busy={send.isPending} error={send.error} blocked={!file}
      onSubmit={() => file && send.mutate(file)} onClose={onClose}
    >
      <Field label={t("file")} hint={t("file_hint")}>
        {(id) => <input id={id} type="file" accept=".csv,.xlsx" onChange={(e) => { setFile(e.target.files?.[0] ?? null); send.reset(); }} />}
      </Field>
      {result ? <Outcome result={result} /> : null}
    </SideForm>
  );
}

const typeOf = (name: string) => (name.toLowerCase().endsWith(".xlsx") ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv");

function Outcome({ result }: { result: ImportResult }) {
  const { t } = useTranslation("orders");
  return (
    <div role="status" className="stack">
      {result.bad.length === 0 ? <p>{t("taken", { taken: result.taken, repeated: result.repeated })}</p> : <p className="bad">{t("nothing_taken", { count: result.bad.length })}</p>}
      <ul>
        {result.bad.slice(0, 50).map((b) => (
          <li key={`${b.row}${b.reason}`}>{t("bad_row", { row: b.row, reason: b.reason })}</li>
        ))}
      </ul>
    </div>
  );
}
