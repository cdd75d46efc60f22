// The customer groups as WeCom knows them.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { TagChip } from "@/shared/TagChip";
import type { CommunityRow, GroupRow, GroupTagRow } from "@/shared/types";

export function Groups() {
  const { t } = useTranslation("groups");
  const { count, when } = useFormat();
  const communities = useQuery({ queryKey: ["communities", "all"], queryFn: (): Promise<{ items: CommunityRow[] }> => call(api.GET("/api/v1/communities", { params: { query: { limit: 200 } } })) });
  const [tag, setTag] = useState<string | null>(null);
  const tags = useQuery({ queryKey: ["group-tags"], queryFn: (): Promise<{ items: GroupTagRow[] }> => call(api.GET("/api/v1/group-tags")) });
  const named = (id: string) => communities.data?.items.find((c) => c.id === id)?.name ?? "…";
  return (
    <Page title={t("title")} lead={t("lead")}>
      <List<GroupRow>
        queryKey={["groups", tag]} label={t("title")} rowKey={(g) => g.id} fetch={(query) => call(api.GET("/api/v1/groups", { params: { query: tag ? { ...query, tag } : query } }))}
        filters={(tags.data?.items.length ?? 0) > 0 ? (
          <Select
            allowClear placeholder={t("filter_tag")} aria-label={t("filter_tag")} value={tag} style={{ minWidth: 180 }}
            options={(tags.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} onChange={(id: string | undefined) => setTag(id ?? null)}
          />
        ) : null}
        empty={tag ? <Empty title={t("filter_none")} /> : <Empty title={t("none")} action={<Link to="/settings/accounts">{t("to_connect")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (g) => <Link to="/groups/$id" params={{ id: g.id }}>{g.name || t("nameless_group")}</Link> },
          { key: "community", title: t("community"), cell: (g) => (g.community_id ? <Link to="/communities/$id" params={{ id: g.community_id }}>{named(g.community_id)}</Link> : <span className="faint">{t("no_community")}</span>) },
          { key: "tags", title: t("tags"), cell: (g) => (g.tags.length > 0 ? <span className="row">{g.tags.map((x) => <TagChip key={x.id} name={x.name} colour={x.colour} />)}</span> : null) },
          { key: "owner", title: t("owner"), cell: (g) => g.owner_name ?? "" },
          { key: "members", title: t("members"), number: true, cell: (g) => count(g.members) },
          { key: "eligible", title: t("eligible"), number: true, cell: (g) => count(g.eligible) },
          { key: "synced", title: t("state"), cell: (g) => <span className="soft">{g.dismissed_at ? t("dismissed") : t("synced", { when: when(g.synced_at) })}</span> },
        ]}
      />
    </Page>
  );
}
