// What became of each greeting, with the counts of the last seven days.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { Segmented } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { StateMark } from "@/shared/StateMark";
import type { WelcomeLog } from "@/shared/types";

const filters = ["all", "missed", "greeted", "pending"] as const;
type Answer = { greeted: number; missed: number; pending: number; items: WelcomeLog[]; next?: string | null };

export function WelcomeLogList({ choose }: { choose: ReactNode }) {
  const { t } = useTranslation("welcome");
  const { when, count } = useFormat();
  const [filter, setFilter] = useState<(typeof filters)[number]>("all");
  const [counts, setCounts] = useState<Answer | null>(null);
  const fetch = async (query: { cursor?: string; limit: number; search?: string }): Promise<Answer> => {
    const answer: Answer = await call(api.GET("/api/v1/welcome/log", { params: { query: { ...query, ...(filter === "all" ? {} : { status: filter }) } } }));
    setCounts(answer);
    return answer;
  };
  return (
    <>
      {counts ? <p className="soft">{t("week", { greeted: count(counts.greeted), missed: count(counts.missed), pending: count(counts.pending) })}</p> : null}
      <List<WelcomeLog>
        queryKey={["welcomes", "log", filter]} label={t("log")} searchable={false} refresh={10_000} rowKey={(w) => w.id} fetch={fetch}
        filters={<>{choose}<Segmented value={filter} onChange={setFilter} options={filters.map((f) => ({ value: f, label: t(`filter.${f}`) }))} aria-label={t("filter.label")} /></>}
        empty={<Empty title={t("log_none")} />}
        columns={[
          { key: "who", title: t("who"), main: true, cell: (w) => (w.person_id ? <Link to="/people/$id" params={{ id: w.person_id }}>{w.person_name ?? t("nameless")}</Link> : <span className="soft nowrap">{t("unknown_person")}</span>) },
          { key: "staff", title: t("staff"), cell: (w) => (w.staff_id ? <Link to="/settings/staff">{w.staff_name ?? t("nameless")}</Link> : <span className="soft nowrap">{t("unknown_staff")}</span>) },
          { key: "code", title: t("code"), cell: (w) => (w.code_id ? <Link to="/content/live-codes/$id" params={{ id: w.code_id }}>{w.code_title}</Link> : <span className="soft nowrap">{t("no_code")}</span>) },
          { key: "text", title: t("log_text"), cell: (w) => w.greeting_name ?? "–" },
          { key: "at", title: t("at"), cell: (w) => <span className="nowrap">{when(w.arrived_at)}</span> },
          { key: "after", title: t("after"), number: true, cell: (w) => (w.took_ms === null || w.took_ms === undefined ? "–" : t("seconds", { n: (w.took_ms / 1000).toFixed(1) })) },
          { key: "state", title: t("state"), wide: true, width: "36%", cell: (w) => <Outcome outcome={w} /> },
        ]}
      />
    </>
  );
}

/** The state; for a miss why, and below it the platform's own words for those who look into it. */
function Outcome({ outcome }: { outcome: WelcomeLog }) {
  return (
    <>
      <StateMark state={outcome.status} />
      {outcome.reason_text ? <div className="soft">{outcome.reason_text}</div> : null}
      {outcome.reason_text && outcome.reason_detail ? <div className="faint clip-2">{outcome.reason_detail}</div> : null}
    </>
  );
}
