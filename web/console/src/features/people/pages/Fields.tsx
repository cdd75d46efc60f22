// What the company wants to know of its people: definitions of fields.
import { api, call } from "@huoqun/api";
import { Button, Input, InputNumber, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Field } from "@/shared/Field";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { SideForm } from "@/shared/SideForm";
import { StateMark } from "@/shared/StateMark";
import type { FieldDef, FieldDraft } from "@/shared/types";
import { useWords } from "@/shared/words";

const forms: FieldDraft["form"][] = ["text", "number", "date", "choice", "choices", "yes_no", "birth_month"];
const classes: FieldDraft["privacy"][] = ["ordinary", "personal", "minor"];
const roles: NonNullable<FieldDraft["roles"]> = ["chief_owner", "group_owner", "group_admin", "customer_service", "analyst", "compliance_officer"];

export function Fields() {
  const { t } = useTranslation("people");
  const words = useWords();
  const may = useMay("tenants:write");
  const [editing, setEditing] = useState<FieldDef | "new" | null>(null);
  const archive = useAct((f: FieldDef) => call(api.PATCH("/api/v1/people/fields/{field}", { params: { path: { field: f.id } }, body: { archived: !f.archived } })), { renew: [["fields"], ["person"], ["segments", "vocabulary"]], tellErrors: true });
  const add = <Button type="primary" onClick={() => setEditing("new")}>{t("field_add")}</Button>;
  return (
    <Page title={t("fields")} lead={t("fields_lead")} actions={may ? add : null}>
      <List<FieldDef>
        queryKey={["fields"]} label={t("fields")} searchable={false} rowKey={(f) => f.id} fetch={() => call(api.GET("/api/v1/people/fields"))}
        empty={<Empty title={t("fields_none")} action={may ? add : null}>{t("fields_none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (f) => f.name },
          { key: "form", title: t("field_form"), cell: (f) => <>{words("people", "forms", f.form)} <span className="soft">{f.choices.join("、")}</span></> },
          { key: "privacy", title: t("field_privacy"), cell: (f) => <>{words("people", "privacy", f.privacy)}{f.sensitive ? <span className="tag">{t("field_sensitive")}</span> : null}</> },
          { key: "roles", title: t("field_roles"), cell: (f) => (f.roles.length === 0 ? t("field_roles_all") : f.roles.map((r) => words("access", "roles", r)).join("、")) },
          { key: "state", title: t("field_state"), cell: (f) => (f.archived ? <StateMark state="closed" word={t("field_archived")} /> : f.required ? t("field_required") : "") },
          {
            key: "act", title: "",
            cell: (f) => may ? (
              <span className="row">
                <Button size="small" onClick={() => setEditing(f)}>{t("field_change")}</Button>
                <Button size="small" loading={archive.isPending && archive.variables?.id === f.id} onClick={() => archive.mutate(f)}>{f.archived ? t("field_restore") : t("field_archive")}</Button>
              </span>
            ) : null,
          },
        ]}
      />
      {editing ? <FieldForm known={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  );
}

function FieldForm({ known, onClose }: { known: FieldDef | null; onClose: () => void }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const [draft, setDraft] = useState<Required<FieldDraft>>({
    name: known?.name ?? "", form: known?.form ?? "text", choices: known?.choices ?? [], required: known?.required ?? false, sensitive: known?.sensitive ?? false,
    privacy: (known?.privacy as FieldDraft["privacy"] | undefined) ?? "ordinary", roles: (known?.roles as Required<FieldDraft>["roles"] | undefined) ?? [], place: known?.place ?? 0,
  });
  const set = (change: Partial<FieldDraft>) => setDraft((d) => ({ ...d, ...change }) as Required<FieldDraft>);
  const picks = draft.form === "choice" || draft.form === "choices";
  const minor = draft.privacy === "minor";
  const save = useAct(
    () => {
      const { name, choices, required, place } = draft;
      return known
        ? call(api.PATCH("/api/v1/people/fields/{field}", { params: { path: { field: known.id } }, body: { name, choices, required, roles: draft.roles, place } }))
        : call(api.POST("/api/v1/people/fields", { body: draft }));
    },
    { renew: [["fields"], ["person"], ["segments", "vocabulary"]], then: onClose },
  );
  return (
    <SideForm open title={known ? known.name : t("field_add")} busy={save.isPending} error={save.error} blocked={draft.name.trim() === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={draft.name} maxLength={30} onChange={(e) => set({ name: e.target.value })} />}</Field>
      <Field label={t("field_form")} hint={known ? t("field_fixed") : null}>
        {(id) => <Select id={id} disabled={known !== null} value={draft.form} onChange={(form) => set({ form })} options={forms.map((f) => ({ value: f, label: words("people", "forms", f) }))} />}
      </Field>
      {picks ? <Field label={t("field_choices")} hint={t("field_choices_hint")}>{(id) => <Select id={id} mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", "、"]} value={draft.choices} onChange={(choices: string[]) => set({ choices })} />}</Field> : null}
      <Field label={t("field_privacy")} hint={minor ? t("field_minor") : null}>
        {(id) => <Select id={id} disabled={known !== null} value={draft.privacy} onChange={(privacy) => set({ privacy })} options={classes.map((c) => ({ value: c, label: words("people", "privacy", c) }))} />}
      </Field>
      <Field label={t("field_sensitive")} hint={t("field_sensitive_hint")}>{(id) => <Switch id={id} disabled={known !== null || minor} checked={draft.sensitive || minor} onChange={(sensitive) => set({ sensitive })} />}</Field>
      <Field label={t("field_required")}>{(id) => <Switch id={id} checked={draft.required} onChange={(required) => set({ required })} />}</Field>
      <Field label={t("field_roles")} hint={t("field_roles_hint")}>{(id) => <Select id={id} mode="multiple" value={draft.roles} onChange={(r) => set({ roles: r })} options={roles.map((r) => ({ value: r, label: words("access", "roles", r) }))} />}</Field>
      <Field label={t("field_place")}>{(id) => <InputNumber id={id} value={draft.place} onChange={(n) => set({ place: n ?? 0 })} />}</Field>
    </SideForm>
  );
}
