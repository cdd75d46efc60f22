// Who did what, newest first.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { ExportButton } from "@/shared/ExportButton";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import type { AuditRow } from "@/shared/types";
import { useWords } from "@/shared/words";

export function Audit() {
  const { t } = useTranslation("access");
  const words = useWords();
  const { dayAndClock } = useFormat();
  return (
    <Page title={t("audit")} lead={t("audit_lead")} actions={<ExportButton what="audit" />}>
      <List<AuditRow>
        queryKey={["audit"]} label={t("audit")} searchable={false} rowKey={(e) => e.id}
        fetch={(query) => call(api.GET("/api/v1/access/audit", { params: { query } }))}
        empty={<Empty title={t("audit_none")} />}
        columns={[
          { key: "at", title: t("at"), cell: (e) => dayAndClock(e.at) },
          { key: "who", title: t("who"), cell: (e) => (e.operator_id ? e.operator_name : words("access", "actors", e.operator_name) || t("system")) },
          { key: "what", title: t("what"), main: true, cell: (e) => <span title={e.action}>{words("access", "actions", e.action)}</span> },
          { key: "on", title: t("on"), wide: true, cell: (e) => <Subject id={e.subject} /> },
        ]}
      />
    </Page>
  );
}

const pages: Record<string, "/settings/accounts/$id" | "/communities/$id" | "/groups/$id" | "/content/live-codes/$id" | "/people/$id"> = {
  acc: "/settings/accounts/$id", com: "/communities/$id", grp: "/groups/$id", lvc: "/content/live-codes/$id", psn: "/people/$id",
};

/** What was acted on: its kind in words, a link where it has a page, and the id as evidence. */
function Subject({ id }: { id: string }) {
  const words = useWords();
  const prefix = id.split("_")[0] ?? "";
  const kind = words("access", "subjects", prefix);
  const to = pages[prefix];
  return (
    <>
      {to ? <Link to={to} params={{ id }}>{kind}</Link> : kind === prefix ? null : kind} <code className="faint">{id}</code>
    </>
  );
}
