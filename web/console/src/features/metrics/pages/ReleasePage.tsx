// The release card: what came of one post, and what to do next.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { Waiting } from "@/shared/Waiting";
import { type DecisionWord } from "../parts/Decision";
import { ReleaseView } from "../parts/ReleaseView";
import { releaseQuery } from "../queries";

export function ReleasePage({ id }: { id: string }) {
  const { t } = useTranslation("metrics");
  const may = useMay("metrics:write");
  const query = useQuery(releaseQuery(id));
  const decide = useAct(
    (body: { decision: DecisionWord; note: string }) => call(api.POST("/api/v1/releases/{id}/decision", { params: { path: { id } }, body })),
    { renew: [["release", id], ["releases"], ["today"]], done: t("decided") },
  );
  return (
    <Page title={query.data?.title ?? " "} back={<Link to="/results">{t("releases")}</Link>}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} height={32} /> : null}
      {query.data ? (
        <ReleaseView card={query.data} locked={!may} busy={decide.isPending} error={decide.error} onDecide={(decision, note) => decide.mutate({ decision, note })} />
      ) : null}
    </Page>
  );
}
