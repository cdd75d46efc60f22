// What became of each greeting, with the counts of the last seven days.
import { api, call } from "@huoqun/api";
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
          { key: "who", title: t("who"), main: true, cell: (w) => <code>{w.contact_platform_id}</code> },
          { key: "staff", title: t("staff"), cell: (w) => <code>{w.staff_platform_id}</code> },
          { key: "at", title: t("at"), cell: (w) => when(w.arrived_at) },
          { key: "after", title: t("after"), number: true, cell: (w) => (w.took_ms === null || w.took_ms === undefined ? "–" : t("seconds", { n: (w.took_ms / 1000).toFixed(1) })) },
          { key: "state", title: t("state"), cell: (w) => <><StateMark state={w.status} /> {w.reason_text ? <span className="soft">{w.reason_text}</span> : null}</> },
        ]}
      />
    </>
  );
}
