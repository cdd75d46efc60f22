// Jobs that died: why, and two ways on.
import { api, call } from "@huoqun/api";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { DeadJob } from "@/shared/types";

export function Jobs() {
  const { t } = useTranslation("operations");
  const { when } = useFormat();
  const { modal } = App.useApp();
  const may = useMay("operations:write");
  const retry = useAct((id: string) => call(api.POST("/api/v1/jobs/{id}/retry", { params: { path: { id } } })), { renew: [["jobs"]], done: t("retried"), tellErrors: true });
  const discard = useAct((id: string) => call(api.POST("/api/v1/jobs/{id}/discard", { params: { path: { id } } })), { renew: [["jobs"]], tellErrors: true });
  const ask = (job: DeadJob) =>
    modal.confirm({ title: t("discard_title"), content: t("discard_what", { kind: job.kind }), okText: t("discard"), okButtonProps: { danger: true }, onOk: () => discard.mutateAsync(job.id) });

  return (
    <Page title={t("jobs")} lead={t("jobs_lead")}>
      <List<DeadJob>
        queryKey={["jobs"]} label={t("jobs")} searchable={false} refresh={15_000} rowKey={(j) => j.id}
        fetch={(query) => call(api.GET("/api/v1/jobs", { params: { query } }))}
        empty={<Empty title={t("jobs_none")}>{t("jobs_none_why")}</Empty>}
        columns={[
          {
            key: "reason", title: t("reason"), main: true,
            cell: (j) => (
              <>
                {j.reason}
                {j.error_detail ? <div className="faint clip-2">{j.error_detail}</div> : null}
              </>
            ),
          },
          { key: "kind", title: t("kind"), cell: (j) => <code>{j.kind}</code> },
          { key: "tries", title: t("tries"), number: true, cell: (j) => j.attempt },
          { key: "at", title: t("died"), cell: (j) => when(j.died_at) },
          {
            key: "act", title: "",
            cell: (j) =>
              may ? (
                <span className="row">
                  <Button size="small" type="primary" onClick={() => retry.mutate(j.id)} loading={retry.isPending && retry.variables === j.id}>
                    {t("retry")}
                  </Button>
                  <Button size="small" onClick={() => ask(j)}>
                    {t("discard")}
                  </Button>
                </span>
              ) : null,
          },
        ]}
      />
    </Page>
  );
}
