// The release card: what came of one post, and what to do next.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { ExportButton } from "@/shared/ExportButton";
import { Failure } from "@/shared/Failure";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { Decided } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import type { DecisionBody } from "../parts/Decision";
import { ReleaseView } from "../parts/ReleaseView";
import { releaseQuery } from "../queries";

export function ReleasePage({ id }: { id: string }) {
  const { t } = useTranslation("metrics");
  const { message, modal } = App.useApp();
  const may = useMay("metrics:write");
  const query = useQuery(releaseQuery(id));
  const decide = useAct((body: DecisionBody): Promise<Decided> => call(api.POST("/api/v1/metrics/releases/{post}/decide", { params: { path: { post: id } }, body })), {
    renew: [["release", id], ["releases"], ["today"], ["week"]],
    then: ({ posts_changed: changed, posts_held: held }) => {
      void message.success(changed > 0 ? t("decided_changed", { count: changed }) : t("decided"));
      if (held > 0) void message.warning(t("decided_held", { count: held }), 6);
    },
  });
  const onDecide = (body: DecisionBody) => {
    if (body.verdict !== "stop") return decide.mutate(body);
    modal.confirm({ title: t("stop_title"), content: t("stop_what"), okText: t("decision.stop"), okButtonProps: { danger: true }, onOk: () => decide.mutateAsync(body).catch(() => {}) });
  };
  return (
    <Page title={query.data?.title ?? " "} back={<Link to="/results">{t("releases")}</Link>} actions={<ExportButton what="links" filter={{ post_id: id }} label={t("export_links")} />}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} height={32} /> : null}
      {query.data ? <ReleaseView card={query.data} locked={!may} busy={decide.isPending} error={decide.error} onDecide={onDecide} /> : null}
    </Page>
  );
}
