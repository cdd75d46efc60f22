// One segment: who is in now, who came and went, what it asks, its frozen lists and former wordings.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { ExportButton } from "@/shared/ExportButton";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { SegmentView } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import type { Expr } from "../model/tree";
import { DatabaseCheck } from "../parts/DatabaseCheck";
import { FreezeForm, Frozen, PeopleList } from "../parts/Frozen";
import { Moves } from "../parts/Moves";
import { OverlapView } from "../parts/OverlapView";
import { Versions } from "../parts/Versions";
import { WordsOf } from "../parts/WordsOf";
import { oneSegment } from "../queries";

export function SegmentPage({ id }: { id: string }) {
  const { t } = useTranslation("segments");
  const { count, when } = useFormat();
  const query = useQuery({ ...oneSegment(id), refetchInterval: 5_000 });
  const segment = query.data;
  const users = segment?.used_by ?? [];
  const live = segment?.status === "live";
  return (
    <Page
      title={segment?.name ?? " "} back={<Link to="/people/segments">{t("title")}</Link>} actions={segment ? <>{live ? <ExportButton what="segment" filter={{ segment_id: id }} /> : null}<Actions segment={segment} /></> : null}
      lead={segment ? (live ? t("now_in", { n: count(segment.people), when: when(segment.updated_at) }) : <StateMark state="archived" word={t("statuses.archived")} />) : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {segment?.gone.map((thing) => <p key={`${thing.thing}${thing.id}`} className="note">{t("gone", { name: thing.name || thing.id })}</p>)}
      {segment && live && !segment.settled ? <p className="note" role="status">{t("not_settled")}</p> : null}
      {segment ? (
        <div className="columns">
          <div className="stack-16">
            <Section title={t("asks")} extra={users.length > 0 ? <span className="row"><span className="soft">{t("used_by")}</span>{users.map((s) => <Link key={s.id} to="/people/segments/$id" params={{ id: s.id }}>{s.name}</Link>)}</span> : null}><WordsOf expr={segment.expr as unknown as Expr} /><p className="soft">{t("never_in")}{" "}{segment.barred > 0 ? t("barred_audience", { n: count(segment.barred) }) : null}</p></Section>
            {live ? <Section title={t("people_title")}><PeopleList id={id} /></Section> : null}
            <Section title={t("moves")}><Moves id={id} /></Section>
          </div>
          <div className="stack-16">
            <Section title={t("frozen")}><Frozen segment={id} /></Section>
            <Section title={t("versions")}><Versions id={id} /></Section>
            {live ? <Section title={t("overlap")}><OverlapView first={[id]} /></Section> : null}
            {live ? <Section title={t("check_title")}><DatabaseCheck text={segment.text} /></Section> : null}
          </div>
        </div>
      ) : null}
    </Page>
  );
}

function Actions({ segment }: { segment: SegmentView }) {
  const { t } = useTranslation("segments");
  const { count } = useFormat();
  const navigate = useNavigate();
  const users = segment.used_by;
  const may = useMay("segments:write");
  const [freezing, setFreezing] = useState(false);
  const path = { params: { path: { id: segment.id } } };
  const renew = { renew: [["segments"]], tellErrors: true };
  const away = useAct(() => call(api.DELETE("/api/v1/segments/{id}", path)), { ...renew, done: t("archived_done") });
  const back = useAct(() => call(api.PATCH("/api/v1/segments/{id}", { ...path, body: { status: "live" } })), renew);
  if (!may) return null;
  if (segment.status !== "live") return <Button onClick={() => back.mutate()} loading={back.isPending}>{t("bring_back")}</Button>;
  return (
    <>
      <Popconfirm
        title={users.length > 0 ? t("used_stop", { names: users.map((s) => s.name).join(" · ") }) : t("archive_why", { n: count(segment.people) })} okText={t("archive")}
        okButtonProps={{ disabled: users.length > 0 }} onConfirm={() => away.mutate()}
      >
        <Button danger loading={away.isPending}>{t("archive")}</Button>
      </Popconfirm>
      <Button onClick={() => setFreezing(true)}>{t("freeze")}</Button>
      <Button type="primary" onClick={() => void navigate({ to: "/people/segments/edit/$id", params: { id: segment.id } })}>{t("edit")}</Button>
      {freezing ? <FreezeForm segment={segment} onClose={() => setFreezing(false)} /> : null}
    </>
  );
}
