// Every release with what came of it.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { ExportButton } from "@/shared/ExportButton";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import { KindMark, WayMark } from "@/shared/Kind";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { Release } from "@/shared/types";

/** A release may be judged after a day. */
const DAY = 86_400_000;

export function Releases() {
  const { t } = useTranslation("metrics");
  const { count, yuan, dayAndClock, now } = useFormat();
  return (
    <Page title={t("releases")} lead={t("releases_lead")} actions={<><ExportButton what="links" label={t("export_links")} /><ExportButton what="releases" /></>}>
      <List<Release>
        queryKey={["releases"]} label={t("releases")} searchable={false} refresh={20_000} rowKey={(r) => r.post_id} fetch={(query) => call(api.GET("/api/v1/metrics/releases", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/plan">{t("to_plan")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "title", title: t("what"), main: true, cell: (r) => <span className="row"><Link to="/results/$id" params={{ id: r.post_id }}>{r.title}</Link> <KindMark kind={r.kind} /> <WayMark way={r.way} quiet /></span> },
          { key: "at", title: t("when"), cell: (r) => dayAndClock(r.due_at) },
          { key: "sent", title: t("sent"), number: true, cell: (r) => <span className={r.groups_missed > 0 ? "bad" : undefined}>{r.groups_sent}/{r.groups_total}</span> },
          { key: "reach", title: t("step.reach"), number: true, cell: (r) => <Figure id="reach">{count(r.figures.reach)}</Figure> },
          { key: "opens", title: t("step.opens"), number: true, cell: (r) => <Figure id="opens" grey={r.figures.reach < 30}>{count(r.figures.opens)}</Figure> },
          { key: "orders", title: t("step.orders"), number: true, cell: (r) => <Figure id="orders">{count(r.figures.orders)}</Figure> },
          { key: "paid", title: t("paid"), number: true, cell: (r) => <Figure id="paid">{yuan(r.figures.paid)}</Figure> },
          { key: "leaves", title: t("leaves_short"), number: true, cell: (r) => <span className={r.figures.leaves > 0 ? "bad" : undefined}><Figure id="leaves">{count(r.figures.leaves)}</Figure></span> },
          { key: "decision", title: t("decision.title"), cell: (r) => (r.decided ? <StateMark state="done" word={t("decided_short")} /> : r.starts_at + DAY <= now ? <StateMark state="due" word={t("undecided")} /> : <span className="faint">{t("running")}</span>) },
        ]}
      />
    </Page>
  );
}
