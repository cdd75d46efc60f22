// One timeline of a person: everything that happened between her and the company, newest first, by kind if asked.
import { api, call } from "@huoqun/api";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useCodeTitle } from "@/shared/names";
import type { TimelineEntry, TimelineKind } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

const kinds: TimelineKind[] = [
  "contact_added", "contact_lost", "bond_moved", "joined", "left", "came_by_code", "tagged", "greeted", "post_delivered", "clicked", "ordered", "refunded", "event",
  "consent", "field_set", "merged", "split",
];
type Page = { items: TimelineEntry[]; next?: string | null };

export function History({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const [kind, setKind] = useState<TimelineKind | null>(null);
  const query = useInfiniteQuery({
    queryKey: ["person", person, "timeline", kind],
    queryFn: ({ pageParam }): Promise<Page> =>
      call(api.GET("/api/v1/people/{id}/timeline", { params: { path: { id: person }, query: { limit: 30, ...(kind ? { kind } : {}), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const entries = query.data?.pages.flatMap((p) => p.items) ?? [];
  return (
    <>
      <Select
        allowClear aria-label={t("timeline_kind")} placeholder={t("timeline_kind")} value={kind} onChange={(k: TimelineKind | undefined) => setKind(k ?? null)} style={{ minWidth: 180, marginBottom: 8 }}
        options={kinds.map((k) => ({ value: k, label: words("people", "event_names", k) }))}
      />
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={5} /> : null}
      <ol className="events">
        {entries.map((entry) => (
          <li key={`${entry.kind}${entry.key}${entry.at}`}>
            <time className="soft">{dayAndClock(entry.at)}</time>
            <Entry entry={entry} />
          </li>
        ))}
      </ol>
      {query.data && entries.length === 0 ? <p className="soft">{t("timeline_none")}</p> : null}
      {query.hasNextPage ? <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>{t("timeline_more")}</Button> : null}
    </>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const words = useWords();
  const codeTitle = useCodeTitle();
  const { yuan } = useFormat();
  const what = words("people", "events", entry.kind);
  const money = entry.kind === "ordered" || entry.kind === "refunded";
  const name = entry.kind === "consent" ? words("people", "purposes", entry.name) : entry.name;
  return (
    <span>
      {what} <Target entry={entry} name={name} />
      {money ? <span className={entry.kind === "refunded" ? "bad" : undefined}> {yuan(entry.amount_fen)}</span> : null}
      {entry.detail && entry.kind !== "event" ? <span className="faint"> {codeTitle(entry.detail) ?? words("people", "details", entry.detail)}</span> : null}
      {entry.kind === "event" ? <span className="faint"> {told(entry.detail)}</span> : null}
    </span>
  );
}

/** What another system reported beside the name: the values of a flat object. */
function told(properties: string): string {
  try {
    const values: unknown[] = Object.values(JSON.parse(properties) as Record<string, unknown>);
    return values.filter((v) => v !== null).map(String).join(" · ");
  } catch {
    return "";
  }
}

/** The thing itself, as a link where it has a page. */
function Target({ entry, name }: { entry: TimelineEntry; name: string }) {
  const params = { id: entry.with };
  switch (entry.kind) {
    case "joined":
    case "left":
      return <Link to="/groups/$id" params={params}>{name}</Link>;
    case "came_by_code":
      return <Link to="/content/live-codes/$id" params={params}>{name}</Link>;
    case "post_delivered":
      return <Link to="/plan" search={{ post: entry.with }}>{name}</Link>;
    case "merged":
    case "split":
      return <Link to="/people/$id" params={params}>{name}</Link>;
    default:
      return <>{name}</>;
  }
}
