// Asks for a list as a file: format and reason. What the file may hold is decided by the server and said here.
import { api, call } from "@huoqun/api";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Input, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "./act";
import { Field } from "./Field";
import { useMay } from "./session";
import { SideForm } from "./SideForm";
import type { ExportFilter, ExportWhat } from "./types";

/** `label` where a page offers more than one list. */
export function ExportButton({ what, filter = {}, small, label }: { what: ExportWhat; filter?: ExportFilter; small?: boolean; label?: string }) {
  const { t } = useTranslation("common");
  const may = useMay("exports:write");
  const [open, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <Button size={small ? "small" : "middle"} onClick={() => setOpen(true)}>
        {label ?? t("export.button")}
      </Button>
      {open ? <ExportForm what={what} filter={filter} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function ExportForm({ what, filter, onClose }: { what: ExportWhat; filter: ExportFilter; onClose: () => void }) {
  const { t } = useTranslation("common");
  const { message } = App.useApp();
  const navigate = useNavigate();
  const contacts = useMay("contact_data:read");
  const [format, setFormat] = useState<"csv" | "xlsx">("xlsx");
  const [reason, setReason] = useState("");
  const ask = useAct(() => call(api.POST("/api/v1/exports", { body: { what, filter: filter as Required<ExportFilter>, format, reason } })), {
    renew: [["exports"]],
    then: () => {
      // The message stands outside of the router, where its links can't be.
      const go = <Button type="link" size="small" onClick={() => void navigate({ to: "/settings/exports" })}>{t("export.to_page")}</Button>;
      void message.success(<span>{t("export.asked")} {go}</span>);
      onClose();
    },
  });
  return (
    <SideForm open title={t("export.title")} submit={t("export.ask")} busy={ask.isPending} error={ask.error} blocked={reason.trim().length < 4} onSubmit={() => ask.mutate()} onClose={onClose}>
      <p className="soft">{t("export.what")}</p>
      <p className="soft">{contacts ? t("export.with_contacts") : t("export.without_contacts")}</p>
      <Field label={t("export.format")}>
        {(id) => (
          <Radio.Group id={id} value={format} onChange={(e) => setFormat(e.target.value as "csv" | "xlsx")} aria-label={t("export.format")}>
            <Radio value="xlsx">XLSX</Radio>
            <Radio value="csv">CSV</Radio>
          </Radio.Group>
        )}
      </Field>
      <Field label={t("export.reason")} hint={t("export.reason_hint")}>
        {(id) => <Input.TextArea id={id} rows={3} maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />}
      </Field>
    </SideForm>
  );
}
