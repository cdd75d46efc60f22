// Addresses of other systems that hear what happens here.
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
import type { Webhook } from "@/shared/types";
import { useWords } from "@/shared/words";
import { useShowSecret } from "../parts/secret";
import { WebhookForm } from "../parts/WebhookForm";

export function Webhooks() {
  const { t } = useTranslation("webhooks");
  const words = useWords();
  const { when, count } = useFormat();
  const may = useMay("webhooks:write");
  const show = useShowSecret();
  const [adding, setAdding] = useState(false);
  const add = <Button type="primary" onClick={() => setAdding(true)}>{t("add")}</Button>;
  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? add : null}>
      <List<Webhook>
        queryKey={["webhooks"]} label={t("title")} searchable={false} rowKey={(w) => w.id} fetch={() => call(api.GET("/api/v1/webhooks"))}
        empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
        columns={[
          {
            key: "url", title: t("url"), main: true,
            cell: (w) => <><Link to="/settings/webhooks/$id" params={{ id: w.id }}>{w.description || w.url}</Link>{w.description ? <div className="faint clip-2">{w.url}</div> : null}</>,
          },
          { key: "state", title: t("state"), cell: (w) => <WebhookState webhook={w} /> },
          { key: "types", title: t("types"), cell: (w) => <span className="soft">{w.types.map((x) => words("webhooks", "type", x.replace(".", "_"))).join(" · ")}</span> },
          { key: "ok", title: t("last_ok"), cell: (w) => (w.last_ok_at ? when(w.last_ok_at) : t("never")) },
          { key: "waiting", title: t("states.waiting"), number: true, cell: (w) => count(w.counts.waiting) },
          { key: "missed", title: t("missed"), number: true, cell: (w) => count(w.counts.failed + w.counts.held) },
        ]}
      />
      {adding ? <WebhookForm webhook={null} onClose={() => setAdding(false)} onMade={show} /> : null}
    </Page>
  );
}

export function WebhookState({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("webhooks");
  if (webhook.enabled && webhook.failing_since) return <StateMark state="warning" word={t("failing")} />;
  if (webhook.enabled) return <StateMark state="active" word={t("on")} />;
  return webhook.off_code ? <StateMark state="broken" word={t("switched_off")} /> : <StateMark state="disabled" word={t("off")} />;
}
