// Ways from one community to a closer one, and what a person must be to be suggested.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Rows } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import { useTagOptions } from "@/shared/TagPick";
import type { LayerPath, LayerPaths } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { PathForm } from "../parts/PathForm";
import "../parts/layers.css";

export function Paths() {
  const { t } = useTranslation("layers");
  const { when } = useFormat();
  const may = useMay("layers:write");
  const [open, setOpen] = useState<LayerPath | "new" | null>(null);
  const query = useQuery({ queryKey: ["layers", "paths"], queryFn: (): Promise<LayerPaths> => call(api.GET("/api/v1/layers/paths")) });
  const remove = useAct((id: string) => call(api.DELETE("/api/v1/layers/paths/{id}", { params: { path: { id } } })), { renew: [["layers"]], tellErrors: true });
  const { items, places } = query.data ?? { items: [], places: [] };
  const add = may ? <Button type="primary" onClick={() => setOpen("new")}>{t("way_add")}</Button> : null;
  const name = (id: string) => places.find((p) => p.id === id)?.name ?? "…";
  return (
    <Page title={t("ways_title")} lead={t("ways_lead")} back={<Link to="/people/promotions">{t("promotions_title")}</Link>} actions={add}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={4} /> : null}
      {query.data && items.length === 0 ? <Empty title={t("no_ways")} action={add}>{t("no_ways_why")}</Empty> : null}
      {items.length > 0 ? (
        <Rows<LayerPath>
          label={t("ways_title")} rowKey={(p) => p.id} rows={items}
          columns={[
            { key: "name", title: t("name"), main: true, cell: (p) => (may ? <Button type="link" className="link-cell" onClick={() => setOpen(p)}>{p.name}</Button> : p.name) },
            { key: "from", title: t("from"), cell: (p) => ((p.from ?? []).length > 0 ? (p.from ?? []).map(name).join(" · ") : t("from_any")) },
            { key: "to", title: t("into"), cell: (p) => p.to_name },
            { key: "asks", title: t("asks"), wide: true, cell: (p) => <Asks path={p} /> },
            { key: "state", title: t("state"), cell: (p) => (p.enabled ? <StateMark state="on" tone="done" word={t("on")} /> : <StateMark state="off" tone="off" word={t("off")} />) },
            { key: "who", title: t("who"), cell: (p) => <>{p.changed_by} <span className="soft">{when(p.changed_at)}</span></> },
            {
              key: "act", title: "",
              cell: (p) => (may ? (
                <Popconfirm title={t("way_delete_why")} okText={t("delete")} onConfirm={() => remove.mutate(p.id)}>
                  <Button size="small" danger aria-label={t("delete_named", { name: p.name })}>{t("delete")}</Button>
                </Popconfirm>
              ) : null),
            },
          ]}
        />
      ) : null}
      {open ? <PathForm path={open === "new" ? null : open} places={places} onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}

function Asks({ path }: { path: LayerPath }) {
  const { t } = useTranslation("layers");
  const words = useWords();
  const { count } = useFormat();
  const { named } = useTagOptions();
  const chips = [
    ...(path.fan ? [t("at_least", { level: words("layers", "fan", path.fan) })] : []),
    ...(path.value ? [t("at_least", { level: words("layers", "value", path.value) })] : []),
    ...(path.segments ?? []).map((s) => words("layers", "rfm", s)),
    ...(path.stages ?? []).map((s) => words("layers", "stage", s)),
    ...(path.tags ?? []).map(named),
    ...(path.active_days ? [t("facts.active_days", { count: path.active_days, n: count(path.active_days) })] : []),
    ...(path.days_in ? [t("facts.days_in", { count: path.days_in, n: count(path.days_in) })] : []),
  ];
  return <span className="whys">{chips.map((c) => <span key={c} className="tag">{c}</span>)}</span>;
}
