// A secret is shown once, to be copied.
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { Copy } from "@/shared/Copy";
import type { WebhookSecret } from "@/shared/types";

export function useShowSecret(): (made: WebhookSecret) => void {
  const { t } = useTranslation("webhooks");
  const { modal } = App.useApp();
  return (made) => void modal.success({ title: t("secret_title"), width: 560, content: <div className="stack"><p>{t("secret_once")}</p><Copy text={made.secret} label={t("secret")} /></div> });
}
