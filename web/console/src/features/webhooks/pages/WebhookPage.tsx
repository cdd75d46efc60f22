// One address: how it stands, what went to it, and sending again.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { App, Button, Dropdown } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { Webhook, WebhookSecret } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Deliveries } from "../parts/Deliveries";
import { useShowSecret } from "../parts/secret";
import { WebhookForm } from "../parts/WebhookForm";
import { WebhookState } from "./Webhooks";

const hour = 3_600_000;
const spans = { hour, day: 24 * hour, week: 7 * 24 * hour } as const;

export function WebhookPage({ id }: { id: string }) {
  const { t } = useTranslation("webhooks");
  const may = useMay("webhooks:write");
  const [editing, setEditing] = useState(false);
  const show = useShowSecret();
  const query = useQuery({ queryKey: ["webhook", id], queryFn: (): Promise<Webhook> => call(api.GET("/api/v1/webhooks/{id}", { params: { path: { id } } })), refetchInterval: 15_000 });
  const webhook = query.data;
  return (
    <Page
      title={webhook ? webhook.description || t("one") : " "} back={<Link to="/settings/webhooks">{t("title")}</Link>} lead={webhook ? <span style={{ overflowWrap: "anywhere" }}>{webhook.url}</span> : null}
      actions={webhook && may ? <Acts webhook={webhook} onEdit={() => setEditing(true)} /> : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={6} /> : null}
      {webhook ? (
        <div className="stack-16">
          <Standing webhook={webhook} />
          <Section title={t("deliveries")}><Deliveries webhook={webhook} /></Section>
        </div>
      ) : null}
      {webhook && editing ? <WebhookForm webhook={webhook} onClose={() => setEditing(false)} onMade={show} /> : null}
    </Page>
  );
}

function Standing({ webhook }: { webhook: Webhook }) {
  const { t } = useTranslation("webhooks");
  const words = useWords();
  const { dayAndClock, count } = useFormat();
  return (
    <dl className="facts">
      <dt>{t("state")}</dt>
      <dd className="row"><WebhookState webhook={webhook} /> {webhook.off_reason ? <span className="bad">{webhook.off_reason}</span> : null}</dd>
      {webhook.failing_since ? <><dt>{t("failing_since")}</dt><dd>{dayAndClock(webhook.failing_since)}</dd></> : null}
      <dt>{t("types")}</dt>
      <dd className="soft">{webhook.types.map((x) => words("webhooks", "type", x.replace(".", "_"))).join(" · ")}</dd>
      <dt>{t("last_ok")}</dt>
      <dd>{webhook.last_ok_at ? dayAndClock(webhook.last_ok_at) : t("never")}</dd>
      {webhook.old_secret_until ? <><dt>{t("old_secret")}</dt><dd>{t("until", { when: dayAndClock(webhook.old_secret_until) })}</dd></> : null}
      <dt>{t("deliveries")}</dt>
      <dd className="soft">{(["waiting", "delivered", "failed", "held"] as const).map((s) => `${t(`states.${s}`)} ${count(webhook.counts[s])}`).join(" · ")}</dd>
    </dl>
  );
}

function Acts({ webhook, onEdit }: { webhook: Webhook; onEdit: () => void }) {
  const { t } = useTranslation("webhooks");
  const { now } = useFormat();
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const show = useShowSecret();
  const path = { params: { path: { id: webhook.id } } };
  const renew = [["webhook", webhook.id], ["webhooks"], ["webhook-deliveries", webhook.id]];
  const turn = useAct((enabled: boolean) => call(api.PATCH("/api/v1/webhooks/{id}", { ...path, body: { enabled } })), { renew, tellErrors: true });
  const test = useAct(() => call(api.POST("/api/v1/webhooks/{id}/test", path)), { renew, done: t("test_sent"), tellErrors: true });
  const rotate = useAct((): Promise<WebhookSecret> => call(api.POST("/api/v1/webhooks/{id}/rotate", path)), { renew, tellErrors: true, then: show });
  const replay = useAct(
    (what: { which: "missed" | "all"; since: number | null }): Promise<{ deliveries: number }> => call(api.POST("/api/v1/webhooks/{id}/replay", { ...path, body: what })),
    { renew, tellErrors: true, then: (r) => void message.success(t("replayed", { count: r.deliveries })) },
  );
  const remove = useAct(() => call(api.DELETE("/api/v1/webhooks/{id}", path)), { renew: [["webhooks"]], tellErrors: true, then: () => void navigate({ to: "/settings/webhooks" }) });
  const since = (span: keyof typeof spans) => ({ key: span, label: t(`replay_${span}`), onClick: () => replay.mutate({ which: "all", since: now - spans[span] }) });
  return (
    <>
      <Button onClick={() => test.mutate()} loading={test.isPending} disabled={!webhook.enabled}>{t("test")}</Button>
      <Dropdown disabled={!webhook.enabled} trigger={["click"]} menu={{ items: [{ key: "missed", label: t("replay_missed"), onClick: () => replay.mutate({ which: "missed", since: null }) }, since("hour"), since("day"), since("week")] }}>
        <Button loading={replay.isPending}>{t("replay")}</Button>
      </Dropdown>
      <Button onClick={() => modal.confirm({ title: t("rotate"), content: t("rotate_what"), okText: t("rotate"), onOk: () => rotate.mutateAsync() })}>{t("rotate")}</Button>
      <Button onClick={onEdit}>{t("change")}</Button>
      <Button onClick={() => turn.mutate(!webhook.enabled)} loading={turn.isPending}>{webhook.enabled ? t("turn_off") : t("turn_on")}</Button>
      <Button danger onClick={() => modal.confirm({ title: t("remove"), content: t("remove_what"), okText: t("remove"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync() })}>{t("remove")}</Button>
    </>
  );
}
