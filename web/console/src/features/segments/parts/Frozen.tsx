// Frozen lists: who was in at a moment, for a reason, with a digest that proves it.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Copy } from "@/shared/Copy";
import { ExportButton } from "@/shared/ExportButton";
import { Face } from "@/shared/Face";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { SideForm } from "@/shared/SideForm";
import type { SegmentPerson, SegmentPurpose, SegmentRow, SegmentSnapshot } from "@/shared/types";
import { useWords } from "@/shared/words";

const PURPOSES = ["audience", "promotion", "profiling", "service"] as const;

export function FreezeForm({ segment, onClose }: { segment: SegmentRow; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const { count } = useFormat();
  const [reason, setReason] = useState("");
  const [purpose, setPurpose] = useState<SegmentPurpose>("audience");
  const freeze = useAct(() => call(api.POST("/api/v1/segments/{id}/freeze", { params: { path: { id: segment.id } }, body: { reason, purpose } })), { renew: [["segments", "snapshots"]], done: t("frozen_done"), then: onClose });
  return (
    <SideForm open title={t("freeze_named", { name: segment.name })} submit={t("freeze")} busy={freeze.isPending} error={freeze.error} blocked={reason.trim() === ""} onSubmit={() => freeze.mutate()} onClose={onClose}>
      <p>{t("freeze_what", { n: count(segment.people) })}</p>
      <Field label={t("purpose")}>{(id) => <Select<SegmentPurpose> id={id} value={purpose} options={PURPOSES.map((p) => ({ value: p, label: t(`purposes.${p}`) }))} onChange={setPurpose} />}</Field>
      <Field label={t("reason")} hint={t("reason_hint")}>{(id) => <Input.TextArea id={id} rows={3} maxLength={200} value={reason} onChange={(e) => setReason(e.target.value)} />}</Field>
    </SideForm>
  );
}

export function Frozen({ segment }: { segment: string }) {
  const { t } = useTranslation("segments");
  const words = useWords();
  const { count, dayAndClock } = useFormat();
  const [open, setOpen] = useState<SegmentSnapshot | null>(null);
  return (
    <>
      <List<SegmentSnapshot>
        queryKey={["segments", "snapshots", segment]} label={t("frozen")} searchable={false} rowKey={(s) => s.id}
        fetch={(query) => call(api.GET("/api/v1/segments/snapshots", { params: { query: { ...query, segment } } }))} empty={<p className="soft">{t("frozen_none")}</p>}
        columns={[
          { key: "reason", title: t("reason"), main: true, cell: (s) => <Button type="link" className="link-cell" onClick={() => setOpen(s)}>{s.reason}</Button> },
          { key: "people", title: t("count"), number: true, cell: (s) => count(s.people) },
          { key: "purpose", title: t("purpose"), cell: (s) => words("segments", "purposes", s.purpose) },
          { key: "by", title: t("by"), cell: (s) => s.made_by },
          { key: "at", title: t("at"), cell: (s) => dayAndClock(s.made_at) },
        ]}
      />
      {open ? <One snapshot={open} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function One({ snapshot, onClose }: { snapshot: SegmentSnapshot; onClose: () => void }) {
  const { t } = useTranslation("segments");
  const words = useWords();
  const { count, dayAndClock } = useFormat();
  return (
    <Drawer open title={snapshot.reason} onClose={onClose} size="min(640px, 100vw)">
      <div className="stack-16">
        <dl className="facts">
          <dt>{t("count")}</dt>
          <dd>{count(snapshot.people)}</dd>
          <dt>{t("purpose")}</dt>
          <dd>{words("segments", "purposes", snapshot.purpose)}</dd>
          <dt>{t("at")}</dt>
          <dd>{t("version_line", { n: snapshot.version, who: snapshot.made_by, when: dayAndClock(snapshot.made_at) })}</dd>
          <dt>{t("digest")}</dt>
          <dd><Copy text={snapshot.digest} label={t("digest")} /></dd>
        </dl>
        <p className="soft">{t("digest_why")}</p>
        <div><ExportButton what="frozen_list" filter={{ snapshot_id: snapshot.id }} /></div>
        <PeopleList id={snapshot.id} frozen />
      </div>
    </Drawer>
  );
}

/** The people of a segment as of now, or of a frozen list. */
export function PeopleList({ id, frozen }: { id: string; frozen?: boolean }) {
  const { t } = useTranslation("segments");
  return (
    <List<SegmentPerson>
      queryKey={["segments", frozen ? "frozen-people" : "people", id]} label={t("people_title")} rowKey={(p) => p.id} {...(frozen ? {} : { refresh: 10_000 })}
      fetch={(query) => (frozen ? call(api.GET("/api/v1/segments/snapshots/{id}/people", { params: { path: { id }, query } })) : call(api.GET("/api/v1/segments/{id}/people", { params: { path: { id }, query } })))}
      empty={<p className="soft">{t("people_none")}</p>}
      columns={[{ key: "name", title: t("person"), main: true, cell: (p) => <Link to="/people/$id" params={{ id: p.id }}><Face name={p.name} picture={p.avatar ?? null} /> {p.name || t("nameless")}</Link> }]}
    />
  );
}
