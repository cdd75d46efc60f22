// The customer groups as WeCom knows them.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { GroupRow } from "@/shared/types";

export function Groups() {
  const { t } = useTranslation("groups");
  const { count } = useFormat();
  return (
    <Page title={t("title")} lead={t("lead")}>
      <List<GroupRow>
        queryKey={["groups"]} label={t("title")} rowKey={(g) => g.id} fetch={(query) => call(api.GET("/api/v1/groups", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/settings/accounts">{t("to_connect")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (g) => <Link to="/groups/$id" params={{ id: g.id }}>{g.name}</Link> },
          { key: "community", title: t("community"), cell: (g) => g.community_name ?? <span className="faint">{t("no_community")}</span> },
          { key: "owner", title: t("owner"), cell: (g) => g.owner_name },
          { key: "members", title: t("members"), number: true, cell: (g) => <Figure id="members">{count(g.members)}</Figure> },
          { key: "joins", title: t("joins_7d"), number: true, cell: (g) => `+${count(g.joins_7d)}` },
          { key: "leaves", title: t("leaves_7d"), number: true, cell: (g) => <span className={g.leaves_7d > g.joins_7d ? "bad" : undefined}>−{count(g.leaves_7d)}</span> },
          { key: "state", title: t("state"), cell: (g) => <StateMark state={g.state} /> },
        ]}
      />
    </Page>
  );
}
