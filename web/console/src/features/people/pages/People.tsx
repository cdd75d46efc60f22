// Everybody known, counted once.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { ExportButton } from "@/shared/ExportButton";
import { Face } from "@/shared/Face";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import type { PersonRow } from "@/shared/types";
import { useWords } from "@/shared/words";

export function People() {
  const { t } = useTranslation("people");
  const { when } = useFormat();
  const words = useWords();
  return (
    <Page title={t("title")} lead={t("lead")} actions={<ExportButton what="people" />}>
      <List<PersonRow>
        queryKey={["people"]} label={t("title")} rowKey={(p) => p.id} fetch={(query) => call(api.GET("/api/v1/people", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/content/live-codes">{t("make_code")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (p) => <Link to="/people/$id" params={{ id: p.id }}><Face name={p.name} picture={p.avatar ?? null} /> {p.name || t("nameless")}</Link> },
          { key: "kind", title: t("kind"), cell: (p) => <span className={p.kind === "customer" ? undefined : "tag"}>{words("people", "kinds", p.kind)}</span> },
          { key: "seen", title: t("first_seen"), cell: (p) => when(p.first_seen_at) },
        ]}
      />
    </Page>
  );
}
