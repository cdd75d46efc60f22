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
import type { Release, WaitingRow, WrongRow } from "@/shared/types";
import { useWide } from "@/shared/useWide";
import { useWords } from "@/shared/words";

/** Rows shown before one asks for more; a phone must not hide the timeline. */
const SHOWN = { wide: 4, narrow: 2 };
/** The platform takes three reminders of a broadcast within 24 hours. */
const REMINDERS = 3;

type StackProps<T> = { title: string; extra?: ReactNode; good: string; rows: T[]; row: (item: T) => ReactNode; all?: ReactNode };

function Stack<T>({ title, extra, good, rows, row, all }: StackProps<T>) {
  const { t } = useTranslation("common");
  const [open, setOpen] = useState(false);
  const wide = useWide();
  const shown = open ? rows : rows.slice(0, wide ? SHOWN.wide : SHOWN.narrow);
  return (
    <section className={rows.length > 0 ? "section pile" : "section pile pile-good"}>
      <header className="section-head">
        <h2>
          {title} {rows.length > 0 ? <span className="pile-count">{rows.length}</span> : null}
        </h2>
        {rows.length > 0 ? extra : null}
      </header>
      {rows.length === 0 ? <p className="soft">{good}</p> : <ul className="pile-rows">{shown.map(row)}</ul>}
      <div className="row row-between">
        {rows.length > shown.length ? (
          <Button type="link" size="small" className="link-cell" onClick={() => setOpen(true)}>
            {t("act.more_of", { count: rows.length - shown.length })}
          </Button>
        ) : null}
        {all}
      </div>
    </section>
  );
}

export function WaitsForTap({ rows }: { rows: WaitingRow[] }) {
  const { t } = useTranslation("today");
  const { when } = useFormat();
  const mayTasks = useMay("tasks:write");
  const mayBroadcasts = useMay("broadcasts:write");
  const remind = useAct(
    ({ kind, id }: WaitingRow) => {
      const path = { params: { path: { id } } };
      return kind === "broadcast" ? call(api.POST("/api/v1/broadcasts/{id}/remind", path)) : call(api.POST("/api/v1/tasks/{id}/remind", path));
    },
    { renew: [["today"], ["tasks"], ["broadcasts"]], done: t("reminded"), tellErrors: true },
  );
  return (
    <Stack
      title={t("waits")} extra={<AbilityWord ability="needs_tap" />} good={t("waits_none")} rows={rows} all={rows.length > 0 ? <Link to="/today/tasks">{t("all_tasks")}</Link> : null}
      row={(item) => {
        const spent = item.kind === "broadcast" && item.reminders >= REMINDERS;
        return (
          <li key={item.id}>
            <div className="grow">
              <div className="clip">{item.title}</div>
              <div className="soft clip">
                {item.staff_name} · {when(item.since)} · {item.groups.length > 1 ? t("groups_more", { name: item.groups[0] ?? "", count: item.groups.length }) : item.groups[0]}
              </div>
            </div>
            {(item.kind === "broadcast" ? mayBroadcasts : mayTasks) ? (
              <Button size="small" disabled={spent} title={spent ? t("remind_used") : undefined} loading={remind.isPending && remind.variables?.id === item.id} onClick={() => remind.mutate(item)}>
                {t("remind")}
              </Button>
            ) : null}
          </li>
        );
      }}
    />
  );
}

export function WentWrong({ rows }: { rows: WrongRow[] }) {
  const { t } = useTranslation("today");
  const words = useWords();
  const { when } = useFormat();
  const may = useMay("operations:write");
  const retry = useAct((id: string) => call(api.POST("/api/v1/jobs/{id}/retry", { params: { path: { id } } })), { renew: [["today"], ["jobs"]], done: t("retried"), tellErrors: true });
  return (
    <Stack
      title={t("wrong")} good={t("wrong_none")} rows={rows}
      row={(item) => (
        <li key={`${item.kind}${item.id}`}>
          <div className="grow">
            <div className="bad">{item.message}</div>
            <div>{item.cure}</div>
            <div className="soft clip">
              {words("today", "wrong_kind", item.kind)} {item.subject} · {when(item.at)}
            </div>
          </div>
          {item.kind === "job" && may ? (
            <Button size="small" loading={retry.isPending && retry.variables === item.id} onClick={() => retry.mutate(item.id)}>
              {t("retry")}
            </Button>
          ) : (
            <WrongLink item={item} />
          )}
        </li>
      )}
    />
  );
}

/** Where the thing that went wrong can be mended. */
function WrongLink({ item }: { item: WrongRow }) {
  const { t } = useTranslation("today");
  const params = { id: item.id };
  switch (item.kind) {
    case "broadcast":
    case "twin":
      return <Link to="/content/broadcasts/$id" params={params}>{t("look")}</Link>;
    case "live_code":
      return <Link to="/content/live-codes/$id" params={params}>{t("look")}</Link>;
    case "greeting":
      return <Link to="/content/welcomes">{t("look")}</Link>;
    case "data_request":
      return <Link to="/people/requests/$id" params={params}>{t("look")}</Link>;
    case "webhook":
      return <Link to="/settings/webhooks/$id" params={params}>{t("look")}</Link>;
    case "post":
      return <Link to="/plan" search={{ post: item.id }}>{t("look")}</Link>;
    default:
      return null;
  }
}

export function NeedsDecision({ rows }: { rows: Release[] }) {
  const { t } = useTranslation("today");
  const { when, count, yuan } = useFormat();
  return (
    <Stack
      title={t("decide")} good={t("decide_none")} rows={rows}
      row={(release) => (
        <li key={release.post_id}>
          <div className="grow">
            <Link to="/results/$id" params={{ id: release.post_id }} className="clip">
              {release.title}
            </Link>
            <div className="soft">
              {when(release.due_at)} · {t("decide_line", { reach: count(release.figures.reach), opens: count(release.figures.opens), orders: count(release.figures.orders), paid: yuan(release.figures.paid) })}
            </div>
          </div>
        </li>
      )}
    />
  );
}
