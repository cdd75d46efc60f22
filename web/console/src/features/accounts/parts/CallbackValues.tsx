// Address, token and key for WeCom's callback form. Looking at them is recorded, so they are shown on demand.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Copy } from "@/shared/Copy";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Section } from "@/shared/Page";
import type { CallbackSettings } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";

export function CallbackValues({ account, checkedAt }: { account: string; checkedAt: number | null }) {
  const { t } = useTranslation("accounts");
  const { when } = useFormat();
  const [shown, setShown] = useState(false);
  const query = useQuery({
    queryKey: ["account", account, "callback"],
    queryFn: (): Promise<CallbackSettings> => call(api.GET("/api/v1/accounts/{id}/callback", { params: { path: { id: account } } })),
    enabled: shown,
    staleTime: Infinity,
  });
  const values = query.data;
  return (
    <Section title={t("callback")} extra={shown ? null : <Button size="small" onClick={() => setShown(true)}>{t("callback_show")}</Button>}>
      <p className="soft">{checkedAt ? t("callback_checked", { when: when(checkedAt) }) : t("callback_unchecked")} {t("callback_how")}</p>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {shown && query.isPending ? <Waiting rows={3} /> : null}
      {values ? (
        <dl className="facts" style={{ marginTop: 8 }}>
          <dt>{t("callback_url")}</dt>
          <dd><Copy text={values.url} label={t("callback_url")} /></dd>
          <dt>Token</dt>
          <dd><Copy text={values.token} label="Token" /></dd>
          <dt>EncodingAESKey</dt>
          <dd><Copy text={values.key} label="EncodingAESKey" /></dd>
        </dl>
      ) : null}
    </Section>
  );
}
