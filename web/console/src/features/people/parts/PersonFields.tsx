// What the company knows of a person beside the platform: its own fields, each edited in place in its form.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import type { FieldValue } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

type Value = string | number | boolean | string[] | null;

export function PersonFields({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const query = useQuery({
    queryKey: ["person", person, "fields"],
    queryFn: (): Promise<{ items: FieldValue[] }> => call(api.GET("/api/v1/people/{id}/fields", { params: { path: { id: person } } })),
  });
  return (
    <div className="stack">
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={3} /> : null}
      {(query.data?.items ?? []).map((v) => <One key={v.field.id} person={person} known={v} />)}
      {query.data?.items.length === 0 ? <p className="soft">{t("fields_none")} <Link to="/settings/fields">{t("fields_define")}</Link></p> : null}
    </div>
  );
}

function One({ person, known }: { person: string; known: FieldValue }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const write = useMay("people:write");
  const sensitive = useMay("people_sensitive:write");
  const [draft, setDraft] = useState<Value | undefined>(undefined);
  const { field } = known;
  const may = write && !field.archived && (!field.sensitive || sensitive);
  const save = useAct((value: Value) => call(api.PUT("/api/v1/people/{id}/fields/{field}", { params: { path: { id: person, field: field.id } }, body: { value: value as never } })), {
    renew: [["person", person]], then: () => setDraft(undefined),
  });
  const value = known.value as Value;
  return (
    <div>
      <div className="row">
        <span className="grow">
          <span className="soft">{field.name}</span>{" "}
          {known.hidden ? <span className="faint">{t("field_hidden")}</span> : <Shown value={value} />}
          {known.months !== null && known.months !== undefined ? <span className="tag">{t("months", { count: known.months })}</span> : null}
          {known.at ? <small className="faint"> {words("people", "sources", known.source)} · {dayAndClock(known.at)}</small> : null}
        </span>
        {may && draft === undefined ? <Button size="small" type="link" aria-label={t("field_edit", { name: field.name })} onClick={() => setDraft(value)}>{t("field_change")}</Button> : null}
      </div>
      {draft !== undefined ? (
        <form className="row" style={{ marginTop: 4 }} onSubmit={(e) => { e.preventDefault(); save.mutate(draft === "" || (Array.isArray(draft) && draft.length === 0) ? null : draft); }}>
          <Editor known={known} value={draft} onChange={setDraft} />
          <Button size="small" type="primary" htmlType="submit" loading={save.isPending}>{t("field_save")}</Button>
          <Button size="small" onClick={() => setDraft(undefined)}>{t("split_cancel")}</Button>
        </form>
      ) : null}
      <Failure error={save.error} />
    </div>
  );
}

function Shown({ value }: { value: Value }) {
  const { t } = useTranslation("people");
  if (value === null) return <span className="faint">{t("field_empty")}</span>;
  if (typeof value === "boolean") return <span>{value ? t("yes") : t("no")}</span>;
  return <span>{Array.isArray(value) ? value.join("、") : value}</span>;
}

function Editor({ known, value, onChange }: { known: FieldValue; value: Value; onChange: (value: Value) => void }) {
  const { t } = useTranslation("people");
  const { field } = known;
  const label = field.name;
  const choices = field.choices.map((c) => ({ value: c, label: c }));
  switch (field.form) {
    case "number":
      return <InputNumber aria-label={label} value={typeof value === "number" ? value : null} onChange={(n) => onChange(n)} />;
    case "yes_no":
      return <Select aria-label={label} style={{ minWidth: 100 }} value={typeof value === "boolean" ? value : null} onChange={(v: boolean) => onChange(v)} options={[{ value: true, label: t("yes") }, { value: false, label: t("no") }]} />;
    case "choice":
      return <Select allowClear aria-label={label} style={{ minWidth: 140 }} value={typeof value === "string" && value ? value : null} onChange={(v: string | undefined) => onChange(v ?? null)} options={choices} />;
    case "choices":
      return <Select mode="multiple" aria-label={label} style={{ minWidth: 200 }} value={Array.isArray(value) ? value : []} onChange={(v: string[]) => onChange(v)} options={choices} />;
    case "date":
    case "birth_month":
      return <input className="ant-input native" type={field.form === "date" ? "date" : "month"} aria-label={label} value={typeof value === "string" ? value : ""} onChange={(e) => onChange(e.target.value)} />;
    default:
      return <Input aria-label={label} value={typeof value === "string" ? value : ""} maxLength={500} onChange={(e) => onChange(e.target.value)} />;
  }
}
