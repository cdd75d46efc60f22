// Orders: what came in, from whom, and the import of a file.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { ExportButton } from "@/shared/ExportButton";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Order } from "@/shared/types";
import { useWords } from "@/shared/words";
import { HookValues } from "../parts/HookValues";
import { ImportOrders } from "../parts/ImportOrders";

export function Orders() {
  const { t } = useTranslation("orders");
  const words = useWords();
  const { dayAndClock, yuan } = useFormat();
  const may = useMay("orders:write");
  const [open, setOpen] = useState<"import" | "hook" | null>(null);
  const button = <Button type="primary" onClick={() => setOpen("import")}>{t("import")}</Button>;
  return (
    <Page title={t("title")} lead={t("lead")} actions={<><ExportButton what="orders" />{may ? <><Button onClick={() => setOpen("hook")}>{t("hook")}</Button>{button}</> : null}</>}>
      <List<Order>
        queryKey={["orders"]} label={t("title")} rowKey={(o) => o.id} fetch={(query) => call(api.GET("/api/v1/orders", { params: { query } }))}
        empty={<Empty title={t("none")} action={may ? button : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "number", title: t("number"), main: true, cell: (o) => o.order_no },
          { key: "at", title: t("placed"), cell: (o) => dayAndClock(o.paid_at) },
          { key: "who", title: t("person"), cell: (o) => (o.person_id ? <Link to="/people/$id" params={{ id: o.person_id }}>{o.mobile || t("known")}</Link> : <span className="faint">{o.mobile} {t("unmatched")}</span>) },
          { key: "what", title: t("goods"), cell: (o) => <span className="clip-2">{o.items.map((i) => (i.quantity > 1 ? `${i.name} × ${i.quantity}` : i.name)).join("、")}</span> },
          { key: "paid", title: t("paid"), number: true, cell: (o) => yuan(o.paid_fen) },
          { key: "state", title: t("state"), cell: (o) => <StateMark state={o.status} {...(o.refunded_fen > 0 ? { word: t("refunded_of", { amount: yuan(o.refunded_fen) }) } : {})} /> },
          { key: "source", title: t("source"), cell: (o) => words("orders", "sources", o.source) },
        ]}
      />
      {open === "import" ? <ImportOrders onClose={() => setOpen(null)} /> : null}
      {open === "hook" ? <HookValues onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}
