// Everything the company asked its employees to send, with what became of it.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { useStaffName } from "@/shared/names";
import { Page } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { Broadcast } from "@/shared/types";
import { useWords } from "@/shared/words";

export function Broadcasts() {
  const { t } = useTranslation("broadcasts");
  const { when, count } = useFormat();
  const words = useWords();
  const staffName = useStaffName();
  const sent = (b: Broadcast) => b.targets.filter((x) => x.state === "sent").length;
  return (
    <Page title={t("title")} lead={<>{t("lead")} <AbilityWord ability="needs_tap" /></>}>
      <List<Broadcast>
        queryKey={["broadcasts"]} label={t("title")} searchable={false} refresh={15_000} rowKey={(b) => b.id} fetch={(query) => call(api.GET("/api/v1/broadcasts", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/plan">{t("to_plan")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "text", title: t("what"), main: true, cell: (b) => <Link to="/content/broadcasts/$id" params={{ id: b.id }} className="clip-2">{b.text}</Link> },
          { key: "made", title: t("made"), cell: (b) => <span className="nowrap">{when(b.created_at)}</span> },
          { key: "who", title: t("who"), cell: (b) => <span className="nowrap">{staffName(b.staff_id)}</span> },
          { key: "sent", title: t("sent"), number: true, cell: (b) => `${count(sent(b))} / ${count(b.targets.length)}` },
          { key: "state", title: t("state"), cell: (b) => <span className="row"><StateMark state={b.state} word={words("broadcasts", "states", b.state)} />{b.trouble ? <span className="bad">{b.trouble}</span> : null}</span> },
        ]}
      />
    </Page>
  );
}
