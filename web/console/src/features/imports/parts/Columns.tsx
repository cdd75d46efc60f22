// Says what each column means, beside the first rows of the file; the meaning can be kept under a name.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { Section } from "@/shared/Page";
import type { ImportDetail, ImportMapping } from "@/shared/types";
import { useWords } from "@/shared/words";

export function Columns({ file, busy, onMapped }: { file: ImportDetail; busy: boolean; onMapped: () => void }) {
  const { t } = useTranslation("imports");
  const words = useWords();
  const [mapping, setMapping] = useState<ImportMapping>(file.mapping);
  const [name, setName] = useState("");
  const saved = useQuery({ queryKey: ["imports", "mappings"], queryFn: () => call(api.GET("/api/v1/imports/mappings")) });
  const tagged = mapping.columns.includes("tags");
  const accounts = useQuery({ queryKey: ["accounts"], queryFn: () => call(api.GET("/api/v1/accounts")), enabled: tagged });
  const set = (change: Partial<ImportMapping>) => setMapping({ ...mapping, ...change });
  const map = useAct((body: ImportMapping) => call(api.PUT("/api/v1/imports/{id}/mapping", { params: { path: { id: file.id } }, body })), { renew: [["imports", file.id]], then: onMapped });
  const keep = useAct(
    () => {
      const columns = Object.fromEntries(file.headers.flatMap((header, at) => (mapping.columns[at] ? [[header, mapping.columns[at]]] : [])));
      return call(api.POST("/api/v1/imports/mappings", { body: { name, kind: file.kind, columns } }));
    },
    { renew: [["imports", "mappings"]], done: t("kept"), then: () => setName("") },
  );
  const own = file.own_fields.map((field) => ({ value: field.word, label: field.name }));
  const options = [...file.fields.map((field) => ({ value: field, label: words("imports", "fields", field) })), ...own];
  const shapes = (saved.data?.items ?? []).filter((s) => s.kind === file.kind);
  const apply = (id: string) => {
    const shape = shapes.find((s) => s.id === id);
    if (shape) set({ columns: file.headers.map((header) => shape.columns[header] ?? null) });
  };
  const choose = (at: number, field: string | undefined) => set({ columns: mapping.columns.map((old, i) => (i === at ? (field ?? null) : old === field ? null : old)) });
  return (
    <Section
      title={t("columns")}
      extra={shapes.length > 0 ? <Select size="small" aria-label={t("use_saved")} placeholder={t("use_saved")} style={{ minWidth: 160 }} onChange={apply} options={shapes.map((s) => ({ value: s.id, label: s.name }))} /> : null}
    >
      <p className="soft">{t("columns_what")}</p>
      {own.length > 0 ? <p className="soft">{t("own_what")}</p> : null}
      <div className="list-frame" tabIndex={0} role="region" aria-label={t("preview")} style={{ overflowX: "auto" }}>
        <table className="list" aria-label={t("preview")} style={{ display: "table" }}>
          <thead style={{ display: "table-header-group" }}>
            <tr style={{ display: "table-row" }}>
              {file.headers.map((header, at) => (
                <th key={at} scope="col" style={{ display: "table-cell", minWidth: 150 }}>
                  <div className="clip">{header}</div>
                  <Select
                    size="small" allowClear value={mapping.columns[at] ?? undefined} onChange={(field: string | undefined) => choose(at, field)} options={options}
                    placeholder={t("left_out")} aria-label={t("means", { header })} style={{ width: "100%" }}
                  />
                </th>
              ))}
            </tr>
          </thead>
          <tbody style={{ display: "table-row-group" }}>
            {file.preview.map((cells, at) => (
              <tr key={at} style={{ display: "table-row" }}>
                {file.headers.map((_, column) => <td key={column} style={{ display: "table-cell" }}><span className="clip-2">{cells[column] ?? ""}</span></td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <form
        className="form" style={{ marginTop: 16 }}
        onSubmit={(e) => {
          e.preventDefault();
          map.mutate(mapping);
        }}
      >
        {tagged ? (
          <>
            <Field label={t("account")}>
              {(id) => <Select id={id} value={mapping.account_id || undefined} onChange={(account_id: string) => set({ account_id })} options={(accounts.data?.items ?? []).map((a) => ({ value: a.id, label: a.name }))} />}
            </Field>
            <Field label={t("tag_group")} hint={t("tag_group_hint")}>{(id) => <Input id={id} maxLength={30} value={mapping.tag_group ?? ""} onChange={(e) => set({ tag_group: e.target.value })} />}</Field>
            <Field label={t("tag_separator")} optional hint={t("tag_separator_hint")}>{(id) => <Input id={id} maxLength={5} value={mapping.tag_separator ?? ""} onChange={(e) => set({ tag_separator: e.target.value })} />}</Field>
          </>
        ) : null}
        {file.kind === "list" ? <Field label={t("list_name")}>{(id) => <Input id={id} maxLength={60} value={mapping.list_name ?? ""} onChange={(e) => set({ list_name: e.target.value })} />}</Field> : null}
        <Field label={t("keep_name")} optional hint={t("keep_hint")}>
          {(id) => (
            <span className="row">
              <Input id={id} maxLength={60} value={name} onChange={(e) => setName(e.target.value)} />
              <Button onClick={() => keep.mutate()} disabled={name.trim() === ""} loading={keep.isPending}>{t("keep")}</Button>
            </span>
          )}
        </Field>
        <Failure error={map.error ?? keep.error ?? saved.error ?? accounts.error} />
        <div className="form-end">
          <span className="grow" />
          <Button type="primary" htmlType="submit" loading={busy || map.isPending}>{t("check")}</Button>
        </div>
      </form>
    </Section>
  );
}
