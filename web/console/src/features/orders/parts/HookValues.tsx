// Address and secret under which the shop system pushes orders.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Copy } from "@/shared/Copy";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import type { OrderHook } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";

export function HookValues({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("orders");
  const { when } = useFormat();
  const { modal } = App.useApp();
  const query = useQuery({ queryKey: ["order-hook"], queryFn: (): Promise<OrderHook> => call(api.GET("/api/v1/orders/hook")) });
  const renew = useAct(() => call(api.POST("/api/v1/orders/hook/renew")), { renew: [["order-hook"]] });
  const hook = query.data;
  const ask = () => (hook?.url ? modal.confirm({ title: t("hook_renew"), content: t("hook_renew_what"), onOk: () => renew.mutateAsync() }) : renew.mutate());
  return (
    <Drawer open onClose={onClose} title={t("hook")} size="min(560px, 100vw)">
      <div className="stack-16">
        <p className="soft">{t("hook_how")}</p>
        <Failure error={query.error ?? renew.error} />
        {query.isPending ? <Waiting rows={3} /> : null}
        {hook?.url ? (
          <dl className="facts">
            <dt>URL</dt>
            <dd><Copy text={hook.url} label="URL" /></dd>
            {hook.secret ? <><dt>{t("hook_secret")}</dt><dd><Copy text={hook.secret} label={t("hook_secret")} /></dd></> : null}
            <dt>{t("hook_last")}</dt>
            <dd>{hook.last_received_at ? when(hook.last_received_at) : t("hook_never")}</dd>
          </dl>
        ) : null}
        {hook ? <Button onClick={ask} loading={renew.isPending}>{hook.url ? t("hook_renew") : t("hook_make")}</Button> : null}
      </div>
    </Drawer>
  );
}
