// Takes a CSV or XLSX file of orders: all of it or none, with every bad row named.
import { api, call } from "@huoqun/api";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { ImportReport } from "@/shared/types";

export function ImportOrders({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("orders");
  const [file, setFile] = useState<File | null>(null);
  const send = useAct(
    ({ chosen, dry }: { chosen: File; dry: boolean }): Promise<ImportReport> =>
      call(
        api.POST("/api/v1/orders/import", {
          params: { query: { file_name: chosen.name, dry_run: dry } }, body: chosen as never, bodySerializer: (body: unknown) => body as BodyInit, headers: { "content-type": "application/octet-stream" },
        }),
      ),
    { renew: [["orders"], ["today"], ["releases"]] },
  );
  // A file is judged as soon as it is chosen; taking it is the button's.
  const choose = (chosen: File | null) => {
    setFile(chosen);
    if (chosen) send.mutate({ chosen, dry: true });
  };
  const report = send.data;
  const ready = file !== null && report !== undefined && report.dry_run && report.bad_rows === 0;
  return (
    <SideForm open title={t("import")} submit={t("take")} busy={send.isPending} error={send.error} blocked={!ready} onSubmit={() => file && send.mutate({ chosen: file, dry: false })} onClose={onClose}>
      <Field label={t("file")} hint={t("file_hint")}>{(id) => <input id={id} type="file" accept=".csv,.xlsx" onChange={(e) => choose(e.target.files?.[0] ?? null)} />}</Field>
      {report ? <Outcome report={report} /> : null}
    </SideForm>
  );
}

function Outcome({ report }: { report: ImportReport }) {
  const { t } = useTranslation("orders");
  const { created, changed, unchanged, total } = report;
  return (
    <div role="status" className="stack">
      {report.bad_rows > 0 ? <p className="bad">{t("nothing_taken", { count: report.bad_rows })}</p> : null}
      {report.bad_rows === 0 ? <p>{report.repeated ? t("repeated", { total }) : t(report.dry_run ? "would_take" : "taken", { created, changed, unchanged })}</p> : null}
      <ul>
        {report.bad.map((b) => (
          <li key={`${b.row}${b.code}`}>{t("bad_row", { row: b.row, reason: b.message })}</li>
        ))}
      </ul>
    </div>
  );
}
