// Live codes: a fixed picture whose target is chosen at scan time.
import { api, call } from "@huoqun/api";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { LiveCode } from "@/shared/types";
import { useWords } from "@/shared/words";
import { CodeForm } from "../parts/CodeForm";

export function LiveCodes() {
  const { t } = useTranslation("live_codes");
  const words = useWords();
  const navigate = useNavigate();
  const { count } = useFormat();
  const may = useMay("live_codes:write");
  const [adding, setAdding] = useState(false);
  const add = <Button type="primary" onClick={() => setAdding(true)}>{t("add")}</Button>;
  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? add : null}>
      <List<LiveCode>
        queryKey={["live-codes"]} label={t("title")} rowKey={(c) => c.id} fetch={(query) => call(api.GET("/api/v1/live-codes", { params: { query } }))}
        empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (c) => <Link to="/content/live-codes/$id" params={{ id: c.id }}>{c.title}</Link> },
          { key: "target", title: t("target"), cell: (c) => t(`targets.${c.target}`) },
          { key: "channel", title: t("channel"), cell: (c) => words("live_codes", "channels", c.channel) },
          { key: "adds", title: t("adds"), number: true, cell: (c) => <Figure id="adds" meaning={t("def.adds")} level="L1">{count(c.funnel.adds)}</Figure> },
          { key: "joins", title: t("joins"), number: true, cell: (c) => <Figure id="joins" meaning={t("def.joins")} level="L1">{count(c.funnel.joins)}</Figure> },
          { key: "state", title: t("state"), cell: (c) => <StateMark state={c.status} /> },
        ]}
      />
      {adding ? <CodeForm code={null} onClose={() => setAdding(false)} onSaved={(c) => void navigate({ to: "/content/live-codes/$id", params: { id: c.id } })} /> : null}
    </Page>
  );
}
