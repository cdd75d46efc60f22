// Rules that tag by themselves: what wakes them, what they do, and how they have done.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input, Popconfirm, Switch } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Rows } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { TagChip } from "@/shared/TagChip";
import { useTagOptions } from "@/shared/TagPick";
import type { TagRule } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { RuleForm } from "../parts/RuleForm";
import "../parts/tags.css";

export function Rules() {
  const { t } = useTranslation("tags");
  const { count, when } = useFormat();
  const may = useMay("tags:write");
  const { named } = useTagOptions();
  const [open, setOpen] = useState<TagRule | "new" | null>(null);
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim().toLowerCase());
  const query = useQuery({ queryKey: ["tag-rules"], queryFn: (): Promise<{ items: TagRule[] }> => call(api.GET("/api/v1/tag-rules")) });
  const renew = { renew: [["tag-rules"]], tellErrors: true };
  const flip = useAct((r: TagRule) => call(api.PUT("/api/v1/tag-rules/{id}", { params: { path: { id: r.id } }, body: draftOf(r, !r.enabled) })), renew);
  const remove = useAct((id: string) => call(api.DELETE("/api/v1/tag-rules/{id}", { params: { path: { id } } })), renew);
  const items = query.data?.items ?? [];
  const found = items.filter((r) => search === "" || r.name.toLowerCase().includes(search));
  const add = may ? <Button type="primary" onClick={() => setOpen("new")}>{t("rule_add")}</Button> : null;
  return (
    <Page title={t("rules")} lead={t("rules_lead")} back={<Link to="/people/tags">{t("title")}</Link>} actions={add}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={6} /> : null}
      {query.data && items.length === 0 ? <Empty title={t("rules_none")} action={add}>{t("rules_none_why")}</Empty> : null}
      {items.length > 0 ? (
        <div className="list-tools">
          <Input allowClear className="list-search" value={typed} onChange={(e) => setTyped(e.target.value)} placeholder={t("rules_search")} aria-label={t("rules_search")} />
        </div>
      ) : null}
      {items.length > 0 && found.length === 0 ? <Empty title={t("search_none", { search: typed.trim() })} /> : null}
      {found.length > 0 ? (
        <Rows<TagRule>
          label={t("rules")} rowKey={(r) => r.id} rows={found}
          columns={[
            {
              key: "name", title: t("name"), main: true,
              cell: (r) => (may ? <Button type="link" className="link-cell" onClick={() => setOpen(r)}>{r.name}</Button> : r.name),
            },
            { key: "on", title: t("trigger"), cell: (r) => t(`triggers.${r.trigger.on}`) },
            {
              key: "does", title: t("does"),
              cell: (r) => (
                <span className="row">
                  {(r.add ?? []).map((id) => <TagChip key={id} name={named(id)} note="+" />)}
                  {(r.remove ?? []).map((id) => <TagChip key={id} name={named(id)} note="−" />)}
                </span>
              ),
            },
            { key: "hits", title: t("hits"), number: true, cell: (r) => count(r.hits) },
            { key: "misses", title: t("misses"), number: true, cell: (r) => count(r.misses) },
            {
              key: "run", title: t("last_run"),
              cell: (r) => (
                <>
                  {r.last_run_at ? when(r.last_run_at) : <span className="faint">{t("never")}</span>}
                  {r.last_error ? <span className="bad tag-refused">{t(`refused.${r.last_error.replace("tags.", "") as "rule_tag_gone"}`)}</span> : null}
                </>
              ),
            },
            { key: "enabled", title: t("enabled"), cell: (r) => <Switch checked={r.enabled} disabled={!may} loading={flip.isPending && flip.variables?.id === r.id} aria-label={t("switch_named", { name: r.name })} onChange={() => flip.mutate(r)} /> },
            {
              key: "act", title: "",
              cell: (r) => (may ? (
                <Popconfirm title={t("rule_delete_why")} okText={t("delete")} onConfirm={() => remove.mutate(r.id)}>
                  <Button size="small" danger aria-label={t("delete_named", { name: r.name })}>{t("delete")}</Button>
                </Popconfirm>
              ) : null),
            },
          ]}
        />
      ) : null}
      {open ? <RuleForm rule={open === "new" ? null : open} onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}

/** A rule as the server takes it. */
function draftOf({ name, trigger, conditions, add, remove }: TagRule, enabled: boolean) {
  return { name, trigger, conditions: conditions ?? [], add: add ?? [], remove: remove ?? [], enabled };
}
