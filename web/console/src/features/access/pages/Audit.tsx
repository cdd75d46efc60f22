// Who did what, newest first.
import { api, call } from "@huoqun/api";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import type { AuditRow } from "@/shared/types";

export function Audit() {
  const { t } = useTranslation("access");
  const { dayAndClock } = useFormat();
  return (
    <Page title={t("audit")} lead={t("audit_lead")}>
      <List<AuditRow>
        queryKey={["audit"]} label={t("audit")} searchable={false} rowKey={(e) => e.id}
        fetch={(query) => call(api.GET("/api/v1/access/audit", { params: { query } }))}
        empty={<Empty title={t("audit_none")} />}
        columns={[
          { key: "at", title: t("at"), cell: (e) => dayAndClock(e.at) },
          { key: "who", title: t("who"), cell: (e) => e.operator_name || t("system") },
          { key: "what", title: t("what"), main: true, cell: (e) => <code>{e.action}</code> },
          { key: "on", title: t("on"), cell: (e) => <code className="faint">{e.subject}</code> },
        ]}
      />
    </Page>
  );
}
