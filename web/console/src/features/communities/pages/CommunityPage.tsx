// One community: positioning card, groups, and the step out of draft.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Community } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { CommunityGroups } from "../parts/CommunityGroups";
import { PositioningCard } from "../parts/PositioningCard";

export function CommunityPage({ id }: { id: string }) {
  const { t } = useTranslation("communities");
  const words = useWords();
  const { count } = useFormat();
  const may = useMay("communities:write");
  const query = useQuery({ queryKey: ["community", id], queryFn: (): Promise<Community> => call(api.GET("/api/v1/communities/{id}", { params: { path: { id } } })) });
  const activate = useAct(() => call(api.POST("/api/v1/communities/{id}/activate", { params: { path: { id } } })), {
    renew: [["community", id], ["communities"]], done: t("activated"),
  });
  const c = query.data;
  return (
    <Page
      title={c ? c.name : " "} back={<Link to="/communities">{t("title")}</Link>}
      lead={c ? (
        <span className="row">
          <StateMark state={c.state} /> {words("communities", "kinds", c.kind)} · {words("communities", "tiers", c.tier)} · {t("holds", { groups: count(c.groups), members: count(c.members) })}
        </span>
      ) : null}
      actions={c ? (
        <>
          {c.state === "active" ? <Link to="/plan" search={{ community: c.id }}>{t("to_plan")}</Link> : null}
          {may && c.state === "draft" ? (
            <Button type="primary" disabled={c.missing.length > 0} loading={activate.isPending} onClick={() => activate.mutate()}>{t("activate")}</Button>
          ) : null}
        </>
      ) : null}
    >
      <Failure error={query.error ?? activate.error} retry={query.error ? () => void query.refetch() : undefined} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {c ? (
        <>
          {c.state === "draft" && c.missing.length > 0 ? <p className="note">{t("missing", { fields: c.missing.map((m) => words("communities", "card", m)).join("、") })}</p> : null}
          <PositioningCard community={c} editable={may} />
          <CommunityGroups community={c} editable={may} />
        </>
      ) : null}
    </Page>
  );
}
