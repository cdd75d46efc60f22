// Bulk jobs: how far each is, why people were left out, and how to stop or undo it.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Drawer, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { TagChip } from "@/shared/TagChip";
import { useTagOptions } from "@/shared/TagPick";
import type { TagBulk, TagBulkDetail } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import "../parts/tags.css";

export function Bulks() {
  const { t } = useTranslation("tags");
  const { when } = useFormat();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Page title={t("bulks")} lead={t("bulks_lead")} back={<Link to="/people/tags">{t("title")}</Link>} actions={<Link to="/people">{t("bulk_begin")}</Link>}>
      <List<TagBulk>
        queryKey={["tag-bulks"]} label={t("bulks")} searchable={false} refresh={5_000} rowKey={(b) => b.id} fetch={(query) => call(api.GET("/api/v1/tags/bulk", { params: { query } }))}
        empty={<Empty title={t("bulks_none")} action={<Link to="/people">{t("bulk_begin")}</Link>}>{t("bulks_none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (b) => <Button type="link" className="link-cell" onClick={() => setOpen(b.id)}>{b.name || t(`sources.${b.source.kind}`)}</Button> },
          { key: "does", title: t("does"), cell: (b) => <Does bulk={b} /> },
          { key: "state", title: t("state"), cell: (b) => t(`states.${b.state}`) },
          { key: "far", title: t("progress"), cell: (b) => <Far bulk={b} /> },
          { key: "who", title: t("by"), cell: (b) => b.operator_name },
          { key: "at", title: t("made"), cell: (b) => when(b.created_at) },
          { key: "act", title: "", cell: (b) => <Steps bulk={b} /> },
        ]}
      />
      {open ? <Detail id={open} onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}

function Does({ bulk }: { bulk: TagBulk }) {
  const { named } = useTagOptions();
  return (
    <span className="row">
      {bulk.add.map((id) => <TagChip key={id} name={named(id)} note="+" />)}
      {bulk.remove.map((id) => <TagChip key={id} name={named(id)} note="−" />)}
    </span>
  );
}

function Far({ bulk }: { bulk: TagBulk }) {
  const { t } = useTranslation("tags");
  const { count } = useFormat();
  const part = bulk.total > 0 ? Math.round((bulk.done / bulk.total) * 100) : 100;
  return (
    <span>
      <span className="bulk-bar" role="progressbar" aria-label={t("progress")} aria-valuenow={part} aria-valuemin={0} aria-valuemax={100} style={{ display: "block" }}><span style={{ width: `${part}%` }} /></span>
      <span className="soft">{t("far", { done: count(bulk.done), total: count(bulk.total), changed: count(bulk.changed) })}</span>
    </span>
  );
}

type Step = "pause" | "resume" | "cancel" | "undo";
const STEPS: Partial<Record<TagBulk["state"], Step[]>> = { running: ["pause", "cancel"], paused: ["resume", "cancel"], done: ["undo"], cancelled: ["undo"] };

function Steps({ bulk }: { bulk: TagBulk }) {
  const { t } = useTranslation("tags");
  const may = useMay("tags:write");
  const path = { params: { path: { id: bulk.id } } };
  const step = useAct(
    (to: Step) =>
      to === "pause" ? call(api.POST("/api/v1/tags/bulk/{id}/pause", path))
      : to === "resume" ? call(api.POST("/api/v1/tags/bulk/{id}/resume", path))
      : to === "cancel" ? call(api.POST("/api/v1/tags/bulk/{id}/cancel", path))
      : call(api.POST("/api/v1/tags/bulk/{id}/undo", path)),
    { renew: [["tag-bulks"], ["tags"]], tellErrors: true },
  );
  if (!may) return null;
  return (
    <span className="row">
      {(STEPS[bulk.state] ?? []).map((to) => (
        to === "undo" ? (
          <Popconfirm key={to} title={t("undo_why")} okText={t("steps.undo")} onConfirm={() => step.mutate(to)}>
            <Button size="small" loading={step.isPending}>{t("steps.undo")}</Button>
          </Popconfirm>
        ) : <Button key={to} size="small" loading={step.isPending && step.variables === to} onClick={() => step.mutate(to)}>{t(`steps.${to}`)}</Button>
      ))}
    </span>
  );
}

function Detail({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("tags");
  const { count, dayAndClock } = useFormat();
  const query = useQuery({ queryKey: ["tag-bulks", id], refetchInterval: 5_000, queryFn: (): Promise<TagBulkDetail> => call(api.GET("/api/v1/tags/bulk/{id}", { params: { path: { id } } })) });
  const bulk = query.data;
  return (
    <Drawer open title={bulk?.name || t("bulk")} onClose={onClose} size="min(480px, 100vw)">
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={5} /> : null}
      {bulk ? (
        <div className="stack-16">
          <Far bulk={bulk} />
          <Does bulk={bulk} />
          <dl className="facts">
            {bulk.outcomes.map((o) => (
              <div key={o.outcome} style={{ display: "contents" }}>
                <dt>{t(`outcomes.${o.outcome as "same"}`)}</dt>
                <dd>{count(o.people)}</dd>
              </div>
            ))}
            <dt>{t("made")}</dt>
            <dd>{dayAndClock(bulk.created_at)}</dd>
            {bulk.finished_at ? <dt>{t("finished")}</dt> : null}
            {bulk.finished_at ? <dd>{dayAndClock(bulk.finished_at)}</dd> : null}
          </dl>
          <Steps bulk={bulk} />
          <p className="soft">{t("undo_why")}</p>
        </div>
      ) : null}
    </Drawer>
  );
}
