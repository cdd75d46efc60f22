// Everybody known, counted once; chosen or filtered, many can be tagged at once.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Checkbox, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { ExportButton } from "@/shared/ExportButton";
import { Face } from "@/shared/Face";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { useTagOptions } from "@/shared/TagPick";
import type { BulkSource, CommunityRow, GroupRow, PersonRow } from "@/shared/types";
import { useWords } from "@/shared/words";
import { BulkTag } from "../parts/BulkTag";

type Only = { tag?: string; community?: string; group?: string };

export function People() {
  const { t } = useTranslation("people");
  const { when, count } = useFormat();
  const words = useWords();
  const may = useMay("tags:write");
  const [only, setOnly] = useState<Only>({});
  const [search, setSearch] = useState("");
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [tagging, setTagging] = useState<BulkSource | null>(null);
  const narrowed = Object.values(only).some(Boolean);
  const pick = (id: string, on: boolean) =>
    setPicked((before) => {
      const next = new Set(before);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  const all: BulkSource = { kind: "filter", search, tag: only.tag ?? "", community: only.community ?? "", group: only.group ?? "" };
  return (
    <Page
      title={t("title")} lead={t("lead")}
      actions={(
        <>
          {may ? <Link to="/people/tag-jobs">{t("bulk_jobs")}</Link> : null}
          {may ? <Button onClick={() => setTagging(all)}>{t("tag_all")}</Button> : null}
          <ExportButton what="people" filter={{ search, tag_id: only.tag ?? "", group_id: only.group ?? "", community_id: only.community ?? "" }} />
        </>
      )}
    >
      {picked.size > 0 ? (
        <div className="note row" role="status">
          <span className="grow">{t("picked", { n: count(picked.size) })}</span>
          <Button onClick={() => setPicked(new Set())}>{t("pick_none")}</Button>
          <Button type="primary" onClick={() => setTagging({ kind: "people", ids: [...picked] })}>{t("tag_picked")}</Button>
        </div>
      ) : null}
      <List<PersonRow>
        queryKey={["people", only]} label={t("title")} rowKey={(p) => p.id} fetch={(query) => call(api.GET("/api/v1/people", { params: { query: { ...query, ...only } } }))}
        onSearch={setSearch} filters={<Filters only={only} onChange={setOnly} />}
        empty={narrowed ? <Empty title={t("filter_none")} /> : <Empty title={t("none")} action={<Link to="/content/live-codes">{t("make_code")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          ...(may ? [{ key: "pick", title: t("pick"), width: "64px", cell: (p: PersonRow) => <Checkbox checked={picked.has(p.id)} aria-label={t("pick_named", { name: p.name || t("nameless") })} onChange={(e) => pick(p.id, e.target.checked)} /> }] : []),
          { key: "name", title: t("name"), main: true, cell: (p) => <Link to="/people/$id" params={{ id: p.id }}><Face name={p.name} picture={p.avatar ?? null} /> {p.name || t("nameless")}</Link> },
          { key: "kind", title: t("kind"), cell: (p) => <span className={p.kind === "customer" ? undefined : "tag"}>{words("people", "kinds", p.kind)}</span> },
          { key: "seen", title: t("first_seen"), cell: (p) => when(p.first_seen_at) },
        ]}
      />
      {tagging ? (
        <BulkTag
          source={tagging}
          onClose={(begun) => {
            setTagging(null);
            if (begun) setPicked(new Set());
          }}
        />
      ) : null}
    </Page>
  );
}

function Filters({ only, onChange }: { only: Only; onChange: (only: Only) => void }) {
  const { t } = useTranslation("people");
  const { options } = useTagOptions();
  const limit = { params: { query: { limit: 200 } } };
  const communities = useQuery({ queryKey: ["communities", "all"], queryFn: (): Promise<{ items: CommunityRow[] }> => call(api.GET("/api/v1/communities", limit)) });
  const groups = useQuery({ queryKey: ["groups", "all"], queryFn: (): Promise<{ items: GroupRow[] }> => call(api.GET("/api/v1/groups", limit)) });
  const set = (key: keyof Only) => (id: string | undefined) => {
    const rest = Object.fromEntries(Object.entries(only).filter(([other]) => other !== key)) as Only;
    onChange(id ? { ...rest, [key]: id } : rest);
  };
  const named = (x: { id: string; name: string }) => ({ value: x.id, label: x.name });
  const pick = { allowClear: true, showSearch: true, optionFilterProp: "label", style: { minWidth: 160 } } as const;
  return (
    <>
      <Select {...pick} placeholder={t("filter_tag")} aria-label={t("filter_tag")} value={only.tag ?? null} options={options} onChange={set("tag")} />
      <Select {...pick} placeholder={t("filter_community")} aria-label={t("filter_community")} value={only.community ?? null} options={(communities.data?.items ?? []).map(named)} onChange={set("community")} />
      <Select {...pick} placeholder={t("filter_group")} aria-label={t("filter_group")} value={only.group ?? null} options={(groups.data?.items ?? []).map(named)} onChange={set("group")} />
    </>
  );
}
