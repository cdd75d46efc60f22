// Every release with what came of it.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import { KindMark, WayMark } from "@/shared/Kind";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import type { Release } from "@/shared/types";
import { useWords } from "@/shared/words";

export function Releases() {
  const { t } = useTranslation("metrics");
  const words = useWords();
  const { count, yuan, dayAndClock } = useFormat();
  return (
    <Page title={t("releases")} lead={t("releases_lead")}>
      <List<Release>
        queryKey={["releases"]} label={t("releases")} refresh={20_000} rowKey={(r) => r.id} fetch={(query) => call(api.GET("/api/v1/releases", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/plan">{t("to_plan")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "title", title: t("what"), main: true, cell: (r) => <span className="row"><Link to="/results/$id" params={{ id: r.id }}>{r.title}</Link> <KindMark kind={r.value_kind} /> <WayMark way={r.way} quiet /></span> },
          { key: "at", title: t("when"), cell: (r) => dayAndClock(r.planned_at) },
          { key: "sent", title: t("sent"), number: true, cell: (r) => <span className={r.missed > 0 ? "bad" : undefined}>{r.sent}/{r.groups}</span> },
          { key: "reach", title: t("step.reach"), number: true, cell: (r) => <Figure id="reach">{count(r.reach)}</Figure> },
          { key: "clicks", title: t("step.clicks"), number: true, cell: (r) => <Figure id="clicks" grey={r.reach < 30}>{count(r.clicks)}</Figure> },
          { key: "orders", title: t("step.orders"), number: true, cell: (r) => <Figure id="orders">{count(r.orders)}</Figure> },
          { key: "paid", title: t("paid"), number: true, cell: (r) => <Figure id="paid">{yuan(r.paid_fen)}</Figure> },
          { key: "decision", title: t("decision.title"), cell: (r) => (r.decision ? words("metrics", "decision", r.decision) : r.settled ? <span className="tag">{t("undecided")}</span> : <span className="faint">{t("running")}</span>) },
        ]}
      />
    </Page>
  );
}
