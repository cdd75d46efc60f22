// The employees WeCom shows us, and what each carries.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { StaffFull } from "@/shared/types";

export function Staff() {
  const { t } = useTranslation("staff");
  const { count } = useFormat();
  return (
    <Page title={t("title")} lead={t("lead")}>
      <List<StaffFull>
        queryKey={["staff"]} label={t("title")} rowKey={(s) => s.id} fetch={(query) => call(api.GET("/api/v1/staff", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/settings/accounts">{t("to_connect")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (s) => s.name },
          { key: "groups", title: t("groups"), number: true, cell: (s) => <span className={s.groups > 10 ? "bad" : undefined} title={s.groups > 10 ? t("overloaded") : undefined}>{count(s.groups)}</span> },
          { key: "contacts", title: t("contacts"), number: true, cell: (s) => count(s.contacts) },
          { key: "state", title: t("state"), cell: (s) => <StateMark state={s.state} /> },
        ]}
      />
    </Page>
  );
}
