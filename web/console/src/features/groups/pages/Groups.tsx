// The customer groups as WeCom knows them.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import type { CommunityRow, GroupRow } from "@/shared/types";

export function Groups() {
  const { t } = useTranslation("groups");
  const { count, when } = useFormat();
  const communities = useQuery({ queryKey: ["communities", "all"], queryFn: (): Promise<{ items: CommunityRow[] }> => call(api.GET("/api/v1/communities", { params: { query: { limit: 200 } } })) });
  const named = (id: string) => communities.data?.items.find((c) => c.id === id)?.name ?? "…";
  return (
    <Page title={t("title")} lead={t("lead")}>
      <List<GroupRow>
        queryKey={["groups"]} label={t("title")} rowKey={(g) => g.id} fetch={(query) => call(api.GET("/api/v1/groups", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/settings/accounts">{t("to_connect")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (g) => <Link to="/groups/$id" params={{ id: g.id }}>{g.name || t("nameless_group")}</Link> },
          { key: "community", title: t("community"), cell: (g) => (g.community_id ? <Link to="/communities/$id" params={{ id: g.community_id }}>{named(g.community_id)}</Link> : <span className="faint">{t("no_community")}</span>) },
          { key: "owner", title: t("owner"), cell: (g) => g.owner_name ?? "" },
          { key: "members", title: t("members"), number: true, cell: (g) => count(g.members) },
          { key: "eligible", title: t("eligible"), number: true, cell: (g) => count(g.eligible) },
          { key: "synced", title: t("state"), cell: (g) => <span className="soft">{g.dismissed_at ? t("dismissed") : t("synced", { when: when(g.synced_at) })}</span> },
        ]}
      />
    </Page>
  );
}
