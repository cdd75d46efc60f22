// Everybody known, counted once.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import type { PersonRow } from "@/shared/types";

export function People() {
  const { t } = useTranslation("people");
  const { when, yuan, count } = useFormat();
  return (
    <Page title={t("title")} lead={t("lead")}>
      <List<PersonRow>
        queryKey={["people"]} label={t("title")} rowKey={(p) => p.id} fetch={(query) => call(api.GET("/api/v1/people", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/content/live-codes">{t("make_code")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (p) => <Link to="/people/$id" params={{ id: p.id }}>{p.name || t("nameless")}</Link> },
          { key: "tags", title: t("tags"), cell: (p) => <span className="row">{p.tags.slice(0, 4).map((x) => <span key={x.id} className="tag">{x.name}</span>)}{p.tags.length > 4 ? <span className="faint">+{p.tags.length - 4}</span> : null}</span> },
          { key: "groups", title: t("groups"), number: true, cell: (p) => count(p.groups) },
          { key: "orders", title: t("orders"), number: true, cell: (p) => count(p.orders) },
          { key: "paid", title: t("paid"), number: true, cell: (p) => yuan(p.paid_fen) },
          { key: "seen", title: t("first_seen"), cell: (p) => when(p.first_seen_at) },
        ]}
      />
    </Page>
  );
}
