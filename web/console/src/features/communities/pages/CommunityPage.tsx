// One community: positioning card, groups, and the step out of draft.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
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
  const { modal } = App.useApp();
  const may = useMay("communities:write");
  const query = useQuery({ queryKey: ["community", id], queryFn: (): Promise<Community> => call(api.GET("/api/v1/communities/{id}", { params: { path: { id } } })) });
  const activate = useAct(() => call(api.POST("/api/v1/communities/{id}/activate", { params: { path: { id } } })), {
    renew: [["community", id], ["communities"]], done: t("activated"),
  });
  const close = useAct(() => call(api.POST("/api/v1/communities/{id}/close", { params: { path: { id } } })), { renew: [["community", id], ["communities"], ["week"]] });
  const c = query.data;
  const missing = (c?.checklist ?? []).filter((i) => !i.done);
  const ask = () =>
    modal.confirm({ title: t("close_title"), content: t("close_what", { count: c?.groups.length ?? 0 }), okText: t("close"), okButtonProps: { danger: true }, onOk: () => close.mutateAsync().catch(() => {}) });
  return (
    <Page
      title={c ? c.name : " "} back={<Link to="/communities">{t("title")}</Link>}
      lead={c ? (
        <span className="row">
          <StateMark state={c.status} /> {words("communities", "kinds", c.kind)} · {words("communities", "tiers", c.tier)} · {t("holds", { groups: count(c.groups.length), members: count(c.groups.reduce((n, g) => n + g.eligible, 0)) })}
        </span>
      ) : null}
      actions={c ? (
        <>
          {c.status === "active" ? <Link to="/plan" search={{ community: c.id }}>{t("to_plan")}</Link> : null}
          {may && c.status === "active" ? <Button danger onClick={ask} loading={close.isPending}>{t("close")}</Button> : null}
          {may && c.status === "draft" ? (
            <Button type="primary" disabled={missing.length > 0} loading={activate.isPending} onClick={() => activate.mutate()}>{t("activate")}</Button>
          ) : null}
        </>
      ) : null}
    >
      <Failure error={query.error ?? activate.error ?? close.error} retry={query.error ? () => void query.refetch() : undefined} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {c ? (
        <>
          {c.status === "draft" && missing.length > 0 ? <p className="note">{t("missing", { fields: missing.map((m) => words("communities", "card", m.item)).join("、") })}</p> : null}
          <PositioningCard community={c} editable={may} />
          <CommunityGroups community={c} editable={may} />
        </>
      ) : null}
    </Page>
  );
}
