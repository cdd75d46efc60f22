// Orders: what came in, to which post it is credited, and the import of a file.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { Order } from "@/shared/types";
import { useWords } from "@/shared/words";
import { ImportOrders } from "../parts/ImportOrders";

export function Orders() {
  const { t } = useTranslation("orders");
  const words = useWords();
  const { dayAndClock, yuan } = useFormat();
  const may = useMay("orders:write");
  const [importing, setImporting] = useState(false);
  const button = <Button onClick={() => setImporting(true)}>{t("import")}</Button>;
  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? button : null}>
      <List<Order>
        queryKey={["orders"]} label={t("title")} rowKey={(o) => o.id} fetch={(query) => call(api.GET("/api/v1/orders", { params: { query } }))}
        empty={<Empty title={t("none")} action={may ? button : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "number", title: t("number"), main: true, cell: (o) => o.number },
          { key: "at", title: t("placed"), cell: (o) => dayAndClock(o.placed_at) },
          { key: "who", title: t("person"), cell: (o) => (o.person_id ? <Link to="/people/$id" params={{ id: o.person_id }}>{o.person_name || t("nameless")}</Link> : <span className="faint">{t("unmatched")}</span>) },
          { key: "paid", title: t("paid"), number: true, cell: (o) => yuan(o.paid_fen) },
          { key: "refunded", title: t("refunded"), number: true, cell: (o) => (o.refunded_fen ? yuan(o.refunded_fen) : "–") },
          { key: "source", title: t("source"), cell: (o) => words("orders", "sources", o.source) },
          { key: "credit", title: t("credited"), cell: (o) => o.credited_to ?? <span className="faint">–</span> },
        ]}
      />
      {importing ? <ImportOrders onClose={() => setImporting(false)} /> : null}
    </Page>
  );
}
