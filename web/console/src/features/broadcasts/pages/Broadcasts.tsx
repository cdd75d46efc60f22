// Everything sent or to be sent by the company, with what became of it.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { Broadcast } from "@/shared/types";

export function Broadcasts() {
  const { t } = useTranslation("broadcasts");
  const { when, count } = useFormat();
  return (
    <Page title={t("title")} lead={<>{t("lead")} <AbilityWord ability="needs_tap" /></>}>
      <List<Broadcast>
        queryKey={["broadcasts"]} label={t("title")} searchable={false} refresh={15_000} rowKey={(b) => b.id} fetch={(query) => call(api.GET("/api/v1/broadcasts", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/plan">{t("to_plan")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "title", title: t("what"), main: true, cell: (b) => <Link to="/content/broadcasts/$id" params={{ id: b.id }}>{b.title || b.text.slice(0, 30)}</Link> },
          { key: "made", title: t("made"), cell: (b) => when(b.created_at) },
          { key: "who", title: t("who"), cell: (b) => b.sender_names.slice(0, 3).join("、") },
          { key: "sent", title: t("sent"), number: true, cell: (b) => `${count(b.sent)} / ${count(b.groups)}` },
          { key: "state", title: t("state"), cell: (b) => <StateMark state={b.state} /> },
        ]}
      />
    </Page>
  );
}
