// The connected companies; connecting one is four fields and a paste.
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
import { StateMark } from "@/shared/StateMark";
import type { Account } from "@/shared/types";
import { ConnectForm } from "../parts/ConnectForm";

export function Accounts() {
  const { t } = useTranslation("accounts");
  const { when } = useFormat();
  const may = useMay("accounts:write");
  const [adding, setAdding] = useState(false);
  const add = <Button type="primary" onClick={() => setAdding(true)}>{t("connect")}</Button>;
  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? add : null}>
      <List<Account>
        queryKey={["accounts"]} label={t("title")} searchable={false} rowKey={(a) => a.id} fetch={() => call(api.GET("/api/v1/accounts"))}
        empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (a) => <Link to="/settings/accounts/$id" params={{ id: a.id }}>{a.name}</Link> },
          { key: "corp", title: t("corp_id"), cell: (a) => <code>{a.company}</code> },
          { key: "secret", title: t("secret"), cell: (a) => (a.has_secret ? <StateMark state="done" word={t("has_secret")} /> : <StateMark state="warning" word={t("no_secret")} />) },
          { key: "call", title: t("last_callback"), cell: (a) => (a.last_callback_at ? when(a.last_callback_at) : t("never")) },
        ]}
      />
      {adding ? <ConnectForm account={null} onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
