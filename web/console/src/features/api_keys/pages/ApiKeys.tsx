// Keys by which other systems of the company use the open API.
import { api, call } from "@huoqun/api";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Copy } from "@/shared/Copy";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { ApiKey, NewApiKey } from "@/shared/types";
import { KeyForm } from "../parts/KeyForm";

export function ApiKeys() {
  const { t } = useTranslation("api_keys");
  const { when, dayAndClock, count } = useFormat();
  const { modal } = App.useApp();
  const may = useMay("api_keys:write");
  const [adding, setAdding] = useState(false);
  const revoke = useAct((id: string) => call(api.POST("/api/v1/api-keys/{id}/revoke", { params: { path: { id } } })), { renew: [["api-keys"]], done: t("revoked_done"), tellErrors: true });
  const ask = (key: ApiKey) =>
    modal.confirm({ title: t("revoke_title", { name: key.name }), content: t("revoke_what"), okText: t("revoke"), okButtonProps: { danger: true }, onOk: () => revoke.mutateAsync(key.id) });
  const show = (made: NewApiKey) =>
    modal.success({ title: t("token_for", { name: made.key.name }), width: 560, content: <div className="stack"><p>{t("token_once")}</p><Copy text={made.token} label={t("token")} /></div> });
  const add = <Button type="primary" onClick={() => setAdding(true)}>{t("add")}</Button>;

  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? add : null}>
      <List<ApiKey>
        queryKey={["api-keys"]} label={t("title")} rowKey={(k) => k.id} fetch={(query) => call(api.GET("/api/v1/api-keys", { params: { query } }))}
        empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (k) => <>{k.name} <code className="faint">…{k.hint}</code></> },
          { key: "state", title: t("state"), cell: (k) => <StateMark state={k.state} tone={k.state === "active" ? "done" : "off"} word={t(`states.${k.state as "active"}`)} /> },
          { key: "scopes", title: t("scopes"), cell: (k) => <span className="soft clip-2">{k.scopes.join(" ")}</span> },
          { key: "reach", title: t("reach"), cell: (k) => k.community_id ? (k.community_name ?? k.community_id) : t("reach_all") },
          { key: "limit", title: t("limit"), number: true, cell: (k) => count(k.per_minute) },
          { key: "used", title: t("used"), cell: (k) => k.last_used_at ? <>{when(k.last_used_at)} <span className="faint">{k.last_address}</span></> : t("never") },
          { key: "ends", title: t("ends"), cell: (k) => k.expires_at ? dayAndClock(k.expires_at) : t("no_end") },
          { key: "by", title: t("by"), cell: (k) => <>{k.created_by} <span className="faint">{dayAndClock(k.created_at)}</span></> },
          { key: "act", title: "", cell: (k) => may && k.state !== "revoked" ? <Button size="small" danger onClick={() => ask(k)} aria-label={t("revoke_title", { name: k.name })}>{t("revoke")}</Button> : null },
        ]}
      />
      <Section title={t("how")}>
        <p className="soft">{t("how_text")}</p>
        <Copy text={`curl -H "Authorization: Bearer hq_…" ${window.location.origin}/api/v1/people`} label={t("how")} />
        <p className="soft">{t("how_limits")}</p>
      </Section>
      {adding ? <KeyForm onClose={() => setAdding(false)} onMade={show} /> : null}
    </Page>
  );
}
