// Cut points: what is in force, drafts with what they would move, former versions, and the way back.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Rows } from "@/shared/List";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { CutDetail, CutPoints as Points, CutVersion } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { CutForm } from "./CutForm";
import { Preview } from "./Preview";
import "./layers.css";

const marks = { draft: "planned", in_force: "done", former: "off", undone: "off" } as const;

export function CutPoints({ cuts }: { cuts: Points | null }) {
  const { t } = useTranslation("layers");
  const { when, count } = useFormat();
  const may = useMay("layers:write");
  const [shown, setShown] = useState<string | null>(null);
  const [writing, setWriting] = useState(false);
  const query = useQuery({ queryKey: ["layers", "cuts"], queryFn: (): Promise<{ items: CutVersion[] }> => call(api.GET("/api/v1/layers/cuts")) });
  const renew = [["layers"]];
  const find = useAct(() => call(api.POST("/api/v1/layers/cuts", { body: {} })), { renew, tellErrors: true, then: (made: CutDetail) => setShown(made.id) });
  const undo = useAct(() => call(api.POST("/api/v1/layers/cuts/undo")), { renew, tellErrors: true, done: t("undone_cuts") });
  const items = query.data?.items ?? [];
  const back = items.some((v) => v.state === "former");
  return (
    <div className="stack-16">
      {cuts ? <PointsTable cuts={cuts} /> : <p className="soft">{t("cuts_none")}</p>}
      {may ? (
        <div className="row">
          <Button onClick={() => find.mutate()} loading={find.isPending}>{t("find_cuts")}</Button>
          <Button onClick={() => setWriting(true)}>{t("write_cuts")}</Button>
          {back ? (
            <Popconfirm title={t("undo_cuts_why")} okText={t("undo_cuts")} onConfirm={() => undo.mutate()}>
              <Button loading={undo.isPending}>{t("undo_cuts")}</Button>
            </Popconfirm>
          ) : null}
        </div>
      ) : null}
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={3} /> : null}
      {items.length > 0 ? (
        <Rows<CutVersion>
          label={t("versions")} rowKey={(v) => v.id} rows={items}
          columns={[
            { key: "version", title: t("version"), main: true, cell: (v) => <Button type="link" className="link-cell" onClick={() => setShown(v.id)}>{t("version_n", { n: v.version })}</Button> },
            { key: "state", title: t("state"), cell: (v) => <StateMark state={v.state} tone={marks[v.state]} word={t(`cut_states.${v.state}`)} /> },
            { key: "source", title: t("source"), cell: (v) => t(`cut_sources.${v.source}`) },
            { key: "buyers", title: t("buyers"), number: true, cell: (v) => count(v.buyers) },
            { key: "who", title: t("who"), cell: (v) => <>{v.made_by || t("by_itself")} <span className="soft">{when(v.made_at)}</span></> },
          ]}
        />
      ) : null}
      {shown ? <Preview id={shown} onClose={() => setShown(null)} /> : null}
      {writing ? <CutForm from={cuts} onClose={() => setWriting(false)} onMade={setShown} /> : null}
    </div>
  );
}

/** The bounds of each score. */
export function PointsTable({ cuts }: { cuts: Points }) {
  const { t } = useTranslation("layers");
  const { count, yuan } = useFormat();
  const rows: [string, number[], (n: number) => string][] = [
    [t("bounds.r"), [...cuts.r].reverse(), (n) => t("upto_days", { n: count(n) })],
    [t("bounds.f"), cuts.f, (n) => t("from_times", { n: count(n) })],
    [t("bounds.m"), cuts.m, (n) => t("from_money", { money: yuan(n) })],
  ];
  return (
    <table className="cuts-grid" aria-label={t("cuts")}>
      <thead>
        <tr><th scope="col">{t("measure")}</th>{[2, 3, 4, 5].map((n) => <th key={n} scope="col">{t("score_n", { n })}</th>)}</tr>
      </thead>
      <tbody>
        {rows.map(([name, bounds, say]) => (
          <tr key={name}><th scope="row">{name}</th>{bounds.map((b, i) => <td key={i}>{say(b)}</td>)}</tr>
        ))}
      </tbody>
    </table>
  );
}
