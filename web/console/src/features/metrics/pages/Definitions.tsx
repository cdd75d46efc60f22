// What every figure means.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { Rows } from "@/shared/List";
import { Page } from "@/shared/Page";
import type { Definition } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

export function Definitions() {
  const { t, i18n } = useTranslation(["metrics", "common"]);
  const words = useWords();
  const query = useQuery({ queryKey: ["definitions", i18n.language], queryFn: (): Promise<Definition[]> => call(api.GET("/api/v1/metrics/definitions")), staleTime: Infinity });
  return (
    <Page title={t("metrics:definitions")} lead={t("metrics:definitions_lead")}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {query.data ? (
        <Rows
          rows={query.data} rowKey={(d) => d.figure} label={t("metrics:definitions")}
          columns={[
            { key: "text", title: t("metrics:meaning"), main: true, cell: (d) => d.text },
            { key: "id", title: t("common:figure.id"), cell: (d) => <code>{d.id}</code> },
            { key: "window", title: t("common:figure.window"), cell: (d) => (d.window_hours > 0 ? t("common:figure.hours", { count: d.window_hours }) : t("common:figure.no_window")) },
            { key: "level", title: t("common:figure.source"), cell: (d) => `${d.level} ${words("common", "level", d.level)}` },
          ]}
        />
      ) : null}
    </Page>
  );
}
