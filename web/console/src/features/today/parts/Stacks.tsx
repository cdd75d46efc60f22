// Three stacks that are empty on a good day: waits for a tap, went wrong, needs a decision.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { useAct } from "@/shared/act";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import type { DecisionRow, TaskRow, WrongRow } from "@/shared/types";

const SHOWN = 4;

function Stack<T>({ title, extra, good, rows, row, all }: { title: string; extra?: ReactNode; good: string; rows: T[]; row: (item: T) => ReactNode; all?: ReactNode }) {
  const { t } = useTranslation("common");
  const [open, setOpen] = useState(false);
  const shown = open ? rows : rows.slice(0, SHOWN);
  return (
    <section className={rows.length > 0 ? "section pile" : "section pile pile-good"}>
      <header className="section-head">
        <h2>
          {title} {rows.length > 0 ? <span className="pile-count">{rows.length}</span> : null}
        </h2>
        {extra}
      </header>
      {rows.length === 0 ? <p className="soft">{good}</p> : <ul className="pile-rows">{shown.map(row)}</ul>}
      {rows.length > shown.length ? (
        <Button type="link" size="small" onClick={() => setOpen(true)}>
          {t("act.more")}
        </Button>
      ) : null}
      {all}
    </section>
  );
}

export function WaitsForTap({ rows }: { rows: TaskRow[] }) {
  const { t } = useTranslation("today");
  const { when } = useFormat();
  const may = useMay("tasks:write");
  const remind = useAct((id: string) => call(api.POST("/api/v1/tasks/{id}/remind", { params: { path: { id } } })), {
    renew: [["today"], ["tasks"]], done: t("reminded"), tellErrors: true,
  });
  return (
    <Stack
      title={t("waits")} extra={<AbilityWord ability="needs_tap" />} good={t("waits_none")} rows={rows}
      all={rows.length > 0 ? <Link to="/today/tasks">{t("all_tasks")}</Link> : null}
      row={(task) => (
        <li key={task.id}>
          <div className="grow">
            <div className="clip">{task.title}</div>
            <div className="soft clip">
              {task.staff_name} · {t("groups_count", { count: task.groups })} · {when(task.due_at)}
            </div>
          </div>
          {may ? (
            <Button size="small" disabled={task.remind_left <= 0} title={task.remind_left <= 0 ? t("remind_used") : undefined} loading={remind.isPending && remind.variables === task.id} onClick={() => remind.mutate(task.id)}>
              {t("remind")}
            </Button>
          ) : null}
        </li>
      )}
    />
  );
}

export function WentWrong({ rows }: { rows: WrongRow[] }) {
  const { t } = useTranslation("today");
  const { when } = useFormat();
  const may = useMay("operations:write");
  const retry = useAct((id: string) => call(api.POST("/api/v1/jobs/{id}/retry", { params: { path: { id } } })), { renew: [["today"], ["jobs"]], done: t("retried"), tellErrors: true });
  return (
    <Stack
      title={t("wrong")} good={t("wrong_none")} rows={rows}
      row={(item) => (
        <li key={item.id}>
          <div className="grow">
            <div className="bad">{item.sentence}</div>
            <div className="soft">
              {item.cure ? `${item.cure} · ` : ""}
              {when(item.at)}
            </div>
          </div>
          {item.retry && may ? (
            <Button size="small" loading={retry.isPending && retry.variables === item.id} onClick={() => retry.mutate(item.id)}>
              {t("retry")}
            </Button>
          ) : null}
        </li>
      )}
    />
  );
}

export function NeedsDecision({ rows }: { rows: DecisionRow[] }) {
  const { t } = useTranslation("today");
  const { when, count, yuan } = useFormat();
  return (
    <Stack
      title={t("decide")} good={t("decide_none")} rows={rows}
      row={(release) => (
        <li key={release.release_id}>
          <div className="grow">
            <Link to="/results/$id" params={{ id: release.release_id }} className="clip">
              {release.title}
            </Link>
            <div className="soft clip">
              {when(release.at)} · {t("decide_line", { reach: count(release.reach), clicks: count(release.clicks), orders: count(release.orders), paid: yuan(release.paid_fen) })}
            </div>
          </div>
        </li>
      )}
    />
  );
}
