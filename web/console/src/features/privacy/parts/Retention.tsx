// How long things are kept, what went last night, and a field to change it.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { Rows } from "@/shared/List";
import { Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { SideForm } from "@/shared/SideForm";
import type { RetentionRow } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

export function Retention() {
  const { t } = useTranslation("privacy");
  const words = useWords();
  const { count, dayAndClock } = useFormat();
  const may = useMay("privacy:write");
  const [open, setOpen] = useState<RetentionRow | null>(null);
  const query = useQuery({ queryKey: ["privacy", "retention"], queryFn: (): Promise<RetentionRow[]> => call(api.GET("/api/v1/privacy/retention")) });
  return (
    <Section title={t("retention")}>
      <p className="soft">{t("retention_what")}</p>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={6} height={24} /> : null}
      {query.data ? (
        <Rows<RetentionRow>
          rows={query.data} rowKey={(x) => x.object} label={t("retention")}
          columns={[
            { key: "object", title: t("object"), main: true, cell: (x) => words("privacy", "objects", x.object) },
            { key: "days", title: t("days"), number: true, cell: (x) => t("n_days", { count: x.days }) },
            { key: "run", title: t("last_run"), cell: (x) => (x.last_run_at > 0 ? dayAndClock(x.last_run_at) : t("never_run")) },
            { key: "gone", title: t("gone"), number: true, cell: (x) => `${count(x.last_deleted)} / ${count(x.total_deleted)}` },
            ...(may ? [{ key: "edit", title: "", cell: (x: RetentionRow) => <Button size="small" onClick={() => setOpen(x)} aria-label={t("open_of", { act: t("edit"), purpose: words("privacy", "objects", x.object) })}>{t("edit")}</Button> }] : []),
          ]}
        />
      ) : null}
      {open ? <DaysForm row={open} onClose={() => setOpen(null)} /> : null}
    </Section>
  );
}

function DaysForm({ row, onClose }: { row: RetentionRow; onClose: () => void }) {
  const { t } = useTranslation("privacy");
  const words = useWords();
  const [days, setDays] = useState<number | null>(row.days);
  const save = useAct(() => call(api.PUT("/api/v1/privacy/retention", { body: { object: row.object, days: days ?? row.days } })), { renew: [["privacy", "retention"]], then: onClose });
  return (
    <SideForm open title={words("privacy", "objects", row.object)} busy={save.isPending} error={save.error} blocked={days === null} onSubmit={() => save.mutate()} onClose={onClose}>
      <p>{words("privacy", "object_what", row.object)}</p>
      <Field label={t("days")} hint={t("bounds", { least: row.least, most: row.most, usual: row.usual })}>
        {(id) => <InputNumber id={id} min={row.least} max={row.most} value={days} onChange={setDays} style={{ width: "100%" }} />}
      </Field>
    </SideForm>
  );
}
