// One connected company: callback values to paste, the doctor, the sync, what came in.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { Account, InboxRow } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { CallbackValues } from "../parts/CallbackValues";
import { ConnectForm } from "../parts/ConnectForm";
import { DoctorList } from "../parts/DoctorList";
import { SyncProgress } from "../parts/SyncProgress";

/** The event and its kind as the platform names them, for example `change_external_chat / update`. */
function eventOf(body: string): string {
  const of = (name: string) => new RegExp(`<${name}>(?:<!\\[CDATA\\[)?([^<\\]]*)`).exec(body)?.[1];
  return [of("Event"), of("ChangeType"), of("UpdateDetail")].filter(Boolean).join(" / ") || body.slice(0, 80);
}

export function AccountPage({ id }: { id: string }) {
  const { t } = useTranslation("accounts");
  const { when } = useFormat();
  const may = useMay("accounts:write");
  const [editing, setEditing] = useState(false);
  const query = useQuery({ queryKey: ["account", id], queryFn: (): Promise<Account> => call(api.GET("/api/v1/accounts/{id}", { params: { path: { id } } })) });
  const account = query.data;
  return (
    <Page
      title={account ? account.name : " "} back={<Link to="/settings/accounts">{t("title")}</Link>} lead={account ? <code>{account.company} / {account.application}</code> : null}
      actions={account && may ? <Button onClick={() => setEditing(true)}>{t("change")}</Button> : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {account ? (
        <>
          <DoctorList account={id} />
          <SyncProgress account={id} />
          {may ? <CallbackValues account={id} checkedAt={account.url_checked_at ?? null} /> : null}
          <Section title={t("inbox")}>
            <List<InboxRow>
              queryKey={["account", id, "inbox"]} label={t("inbox")} searchable={false} refresh={10_000} rowKey={(r) => String(r.seq)}
              fetch={(q) => call(api.GET("/api/v1/accounts/{id}/inbox", { params: { path: { id }, query: q } }))} empty={<Empty title={t("inbox_none")} />}
              columns={[
                { key: "event", title: t("event"), main: true, cell: (r) => <code className="clip-2">{eventOf(r.body)}</code> },
                { key: "at", title: t("received"), cell: (r) => when(r.received_at) },
              ]}
            />
          </Section>
        </>
      ) : null}
      {editing && account ? <ConnectForm account={account} onClose={() => setEditing(false)} /> : null}
    </Page>
  );
}
