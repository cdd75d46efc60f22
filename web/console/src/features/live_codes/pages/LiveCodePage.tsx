// One live code: its picture and poster, where it leads, what it brought.
import { DownloadOutlined } from "@ant-design/icons";
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Copy } from "@/shared/Copy";
import { Failure } from "@/shared/Failure";
import { Figure } from "@/shared/Figure";
import { useFormat } from "@/shared/format";
import { useGroupName, useStaffName } from "@/shared/names";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { LiveCode } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { CodeForm } from "../parts/CodeForm";

export function LiveCodePage({ id }: { id: string }) {
  const { t } = useTranslation("live_codes");
  const words = useWords();
  const { count, percent } = useFormat();
  const staffName = useStaffName();
  const groupName = useGroupName();
  const { modal } = App.useApp();
  const may = useMay("live_codes:write");
  const [editing, setEditing] = useState(false);
  const path = { params: { path: { id } } };
  const renew = { renew: [["live-code", id], ["live-codes"]] };
  const query = useQuery({
    queryKey: ["live-code", id],
    queryFn: (): Promise<LiveCode> => call(api.GET("/api/v1/live-codes/{id}", path)),
    // The picture comes from the platform a moment after the code is published.
    refetchInterval: (q) => (q.state.data?.status === "publishing" ? 1_500 : 20_000),
  });
  const publish = useAct(() => call(api.POST("/api/v1/live-codes/{id}/publish", path)), renew);
  const retire = useAct(() => call(api.POST("/api/v1/live-codes/{id}/retire", path)), renew);
  const code = query.data;
  const ask = () => modal.confirm({ title: t("retire_title"), content: t("retire_what"), okText: t("retire"), okButtonProps: { danger: true }, onOk: () => retire.mutateAsync() });
  const poster = `/api/v1/live-codes/${encodeURIComponent(id)}/poster.svg`;
  return (
    <Page
      title={code ? code.title : " "} back={<Link to="/content/live-codes">{t("title")}</Link>}
      lead={code ? <span className="row"><StateMark state={code.status} /> {t(`targets.${code.target}`)} · {words("live_codes", "channels", code.channel)}</span> : null}
      actions={code && may && code.status !== "retired" ? (
        <>
          {code.status === "draft" || code.status === "failed" ? <Button type="primary" onClick={() => publish.mutate()} loading={publish.isPending}>{t("publish")}</Button> : null}
          <Button onClick={() => setEditing(true)}>{t("change")}</Button>
          <Button danger onClick={ask} loading={retire.isPending}>{t("retire")}</Button>
        </>
      ) : null}
    >
      <Failure error={query.error ?? publish.error ?? retire.error} retry={query.error ? () => void query.refetch() : undefined} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {code?.reason_text ? <p className="note">{code.reason_text}</p> : null}
      {code ? (
        <div className="columns-side">
          <div className="stack-16">
            <Section title={t("brought")}>
              <dl className="beside">
                <div><dt>{t("adds")}</dt><dd><Figure id="adds" meaning={t("def.adds")} level="L1">{count(code.funnel.adds)}</Figure></dd></div>
                <div><dt>{t("joins")}</dt><dd><Figure id="joins" meaning={t("def.joins")} level="L1">{count(code.funnel.joins)}</Figure></dd></div>
                <div>
                  <dt>{t("stayed")}</dt>
                  <dd>
                    <Figure id="stayed" meaning={t("def.stayed")} level="L1" grey={code.funnel.joined_week_ago < 30}>{percent(code.funnel.joined_week_ago > 0 ? code.funnel.stayed_week / code.funnel.joined_week_ago : null)}</Figure>
                    <small>{t("stayed_of", { stayed: count(code.funnel.stayed_week), all: count(code.funnel.joined_week_ago) })}</small>
                  </dd>
                </div>
              </dl>
            </Section>
            <Section title={t("leads_to")}>
              <dl className="facts">
                <dt>{t("hook")}</dt>
                <dd>{code.hook}</dd>
                <dt>{code.target === "staff" ? t("staff") : t("groups")}</dt>
                <dd>{code.target_ids.map(code.target === "staff" ? staffName : groupName).join("、")}</dd>
                <dt>{t("landing")}</dt>
                <dd><Copy text={code.landing_url} label={t("landing")} /></dd>
              </dl>
            </Section>
          </div>
          <Section title={t("poster")}>
            <div className="stack">
              <img className="poster" src={`${poster}?v=${code.updated_at}`} alt={t("poster_alt", { name: code.title })} width={288} />
              <a href={poster} download={`${code.title}.svg`} className="ant-btn-link-like">
                <DownloadOutlined aria-hidden="true" /> {t("download")}
              </a>
              {code.status === "publishing" ? <p className="soft" role="status">{t("picture_pending")}</p> : null}
            </div>
          </Section>
        </div>
      ) : null}
      {editing && code ? <CodeForm code={code} onClose={() => setEditing(false)} /> : null}
    </Page>
  );
}
