// All segments with how many are in them now; several can be compared; the empty page offers wordings to begin with.
import { api, call } from "@huoqun/api";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Checkbox, Drawer, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { SegmentRow } from "@/shared/types";
import { OverlapView } from "../parts/OverlapView";
import { Templates } from "../parts/Templates";
import "../parts/segments.css";

export function Segments() {
  const { t } = useTranslation("segments");
  const { count, when } = useFormat();
  const navigate = useNavigate();
  const may = useMay("segments:write");
  const [status, setStatus] = useState<"live" | "archived">("live");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [panel, setPanel] = useState<"overlap" | "templates" | null>(null);
  const pick = (id: string, on: boolean) => setPicked((before) => new Set(on ? [...before, id] : [...before].filter((x) => x !== id)));
  const add = may ? <Button type="primary" onClick={() => void navigate({ to: "/people/segments/new", search: {} })}>{t("add")}</Button> : null;
  return (
    <Page
      title={t("title")} lead={t("lead")}
      actions={(
        <>
          <Button onClick={() => setPanel("overlap")}>{picked.size > 1 ? t("compare_n", { n: count(picked.size) }) : t("compare")}</Button>
          {may ? <Button onClick={() => setPanel("templates")}>{t("templates_title")}</Button> : null}
          {add}
        </>
      )}
    >
      <List<SegmentRow>
        queryKey={["segments", status]} label={t("title")} refresh={10_000} rowKey={(s) => s.id} fetch={(query) => call(api.GET("/api/v1/segments", { params: { query: { ...query, status } } }))}
        filters={(
          <Select<"live" | "archived"> value={status} aria-label={t("status")} style={{ minWidth: 120 }} options={(["live", "archived"] as const).map((s) => ({ value: s, label: t(`statuses.${s}`) }))} onChange={setStatus} />
        )}
        empty={status === "archived" ? <Empty title={t("archived_none")} /> : <Empty title={t("none")} action={may ? <Templates /> : null}>{may ? t("none_why") : t("none_read")}</Empty>}
        columns={[
          ...(status === "live" ? [{ key: "pick", title: t("pick"), width: "64px", cell: (s: SegmentRow) => <Checkbox checked={picked.has(s.id)} aria-label={t("pick_named", { name: s.name })} onChange={(e) => pick(s.id, e.target.checked)} /> }] : []),
          { key: "name", title: t("name"), main: true, cell: (s) => <Link to="/people/segments/$id" params={{ id: s.id }}>{s.name}</Link> },
          ...(status === "live" ? [{ key: "people", title: t("count"), number: true, cell: (s: SegmentRow) => <>{count(s.people)}{s.barred > 0 ? <div className="faint">{t("said_no", { n: count(s.barred) })}</div> : null}</> }] : []),
          ...(status === "live" ? [
            { key: "today", title: t("today"), number: true, cell: (s: SegmentRow) => (s.entered_today + s.left_today > 0 ? t("today_moves", { came: count(s.entered_today), went: count(s.left_today) }) : null) },
            { key: "used", title: t("used_by"), cell: (s: SegmentRow) => s.used_by.length === 0 ? null : <span className="row">{s.used_by.map((u) => <Link key={u.id} to="/people/segments/$id" params={{ id: u.id }}>{u.name}</Link>)}</span> },
          ] : []),
          { key: "version", title: t("version"), number: true, cell: (s) => count(s.version) },
          { key: "changed", title: t("changed"), cell: (s) => when(s.updated_at) },
          { key: "by", title: t("by"), cell: (s) => s.created_by },
        ]}
      />
      {panel === "overlap" ? <Drawer open title={t("overlap")} size="min(760px, 100vw)" onClose={() => setPanel(null)}><OverlapView first={[...picked]} /></Drawer> : null}
      {panel === "templates" ? <Drawer open title={t("templates_title")} size="min(760px, 100vw)" onClose={() => setPanel(null)}><Templates /></Drawer> : null}
    </Page>
  );
}
