// What every figure means.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Definition } from "@/shared/definitions";
import { Failure } from "@/shared/Failure";
import { Page, Section } from "@/shared/Page";
import { Waiting } from "@/shared/Waiting";

export function Definitions() {
  const { t } = useTranslation(["metrics", "common"]);
  const query = useQuery({ queryKey: ["definitions"], queryFn: (): Promise<{ items: Definition[] }> => call(api.GET("/api/v1/metrics/definitions")), staleTime: Infinity });
  return (
    <Page title={t("metrics:definitions")} lead={t("metrics:definitions_lead")}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {(query.data?.items ?? []).map((d) => (
        <Section key={d.id} title={d.name} extra={<code className="faint">{d.id}</code>}>
          <p>{d.meaning}</p>
          <dl className="facts" style={{ marginTop: 8 }}>
            <dt>{t("common:figure.formula")}</dt><dd>{d.formula}</dd>
            <dt>{t("common:figure.window")}</dt><dd>{d.window}</dd>
            <dt>{t("common:figure.source")}</dt><dd>{d.source}</dd>
          </dl>
        </Section>
      ))}
    </Page>
  );
}
