// The company's tags: groups and tags in order, with colours and counts, and what was deleted.
import { api, call } from "@huoqun/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { ExportButton } from "@/shared/ExportButton";
import { Failure } from "@/shared/Failure";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { Tag, TagGroup, TagPage } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { Deleted } from "../parts/Deleted";
import { GroupForm, TagForm } from "../parts/Forms";
import { GroupTags } from "../parts/GroupTags";
import { MergeForm, Remove } from "../parts/Ends";
import { Tree } from "../parts/Tree";
import "../parts/tags.css";

/** What is open beside the tree. */
export type Open = { what: "add" } | { what: "edit" | "merge" | "delete"; tag: Tag } | { what: "group"; group: TagGroup } | null;

export function Tags() {
  const { t } = useTranslation("tags");
  const may = useMay("tags:write");
  const [open, setOpen] = useState<Open>(null);
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  const query = useQuery({ queryKey: ["tags", "tree", search], placeholderData: keepPreviousData, queryFn: (): Promise<TagPage> => call(api.GET("/api/v1/tags", { params: { query: search ? { search } : {} } })) });
  const page = query.data;
  const found = page?.items ?? [];
  const none = page !== undefined && found.length === 0 && search === "";
  const add = <Button type="primary" onClick={() => setOpen({ what: "add" })}>{t("add")}</Button>;
  const close = () => setOpen(null);
  return (
    <Page
      title={t("title")} lead={t("lead")}
      actions={<><Link to="/people/tag-rules">{t("rules")}</Link><Link to="/people/tag-jobs">{t("bulks")}</Link><ExportButton what="tags" />{may ? add : null}</>}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {page && !none ? (
        <div className="list-tools">
          <Input allowClear className="list-search" value={typed} onChange={(e) => setTyped(e.target.value)} placeholder={t("search")} aria-label={t("search")} />
          <span className="soft">{t("platform_note")}</span>
        </div>
      ) : null}
      {none ? <Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty> : null}
      {page && !none && found.length === 0 ? <Empty title={t("search_none", { search: typed.trim() })} /> : null}
      {found.length > 0 && page ? <Tree groups={page.groups} tags={found} whole={search === ""} onOpen={setOpen} /> : null}
      {page ? <Deleted tags={page.deleted} /> : null}
      <GroupTags />
      {open?.what === "add" || open?.what === "edit" ? <TagForm tag={open.what === "edit" ? open.tag : null} onClose={close} /> : null}
      {open?.what === "group" ? <GroupForm group={open.group} onClose={close} /> : null}
      {open?.what === "merge" ? <MergeForm tag={open.tag} onClose={close} /> : null}
      {open?.what === "delete" ? <Remove tag={open.tag} onClose={close} /> : null}
    </Page>
  );
}
