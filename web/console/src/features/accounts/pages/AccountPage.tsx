// One connected company: callback values to paste, the doctor, the sync, what came in.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Copy } from "@/shared/Copy";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Account, InboxRow } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { ConnectForm } from "../parts/ConnectForm";
import { DoctorList } from "../parts/DoctorList";
import { SyncProgress } from "../parts/SyncProgress";

type Full = Account & { callback_token?: string | null; callback_key?: string | null };

export function AccountPage({ id }: { id: string }) {
  const { t } = useTranslation("accounts");
  const words = useWords();
  const { when } = useFormat();
  const may = useMay("accounts:write");
  const [editing, setEditing] = useState(false);
  const query = useQuery({ queryKey: ["account", id], queryFn: (): Promise<Full> => call(api.GET("/api/v1/accounts/{id}", { params: { path: { id } } })) });
  const account = query.data;
  return (
    <Page
      title={account ? account.name : " "} back={<Link to="/settings/accounts">{t("title")}</Link>} lead={account ? <StateMark state={account.state} /> : null}
      actions={account && may ? <Button onClick={() => setEditing(true)}>{t("change")}</Button> : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {account ? (
        <>
          <DoctorList account={id} />
          <SyncProgress account={id} />
          <Section title={t("callback")}>
            <p className="soft">{t("callback_how")}</p>
            <dl className="facts" style={{ marginTop: 8 }}>
              <dt>{t("callback_url")}</dt>
              <dd><Copy text={account.callback_url} label={t("callback_url")} /></dd>
              {account.callback_token ? <><dt>Token</dt><dd><Copy text={account.callback_token} label="Token" /></dd></> : null}
              {account.callback_key ? <><dt>EncodingAESKey</dt><dd><Copy text={account.callback_key} label="EncodingAESKey" /></dd></> : null}
            </dl>
          </Section>
          <Section title={t("inbox")}>
            <List<InboxRow>
              queryKey={["account", id, "inbox"]} label={t("inbox")} searchable={false} refresh={10_000} rowKey={(r) => r.id}
              fetch={(q) => call(api.GET("/api/v1/accounts/{id}/inbox", { params: { path: { id }, query: q } }))} empty={<Empty title={t("inbox_none")} />}
              columns={[
                { key: "event", title: t("event"), main: true, cell: (r) => words("accounts", "events", r.event) },
                { key: "at", title: t("received"), cell: (r) => when(r.received_at) },
                { key: "state", title: t("state"), cell: (r) => <StateMark state={r.state} /> },
              ]}
            />
          </Section>
        </>
      ) : null}
      {editing && account ? <ConnectForm account={account} onClose={() => setEditing(false)} /> : null}
    </Page>
  );
}
