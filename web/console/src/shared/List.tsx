// The list page: search, a table that keeps its head on a laptop and becomes cards on a phone, more on demand.
import { SearchOutlined } from "@ant-design/icons";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Input } from "antd";
import { type ReactNode, useDeferredValue, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "./Empty";
import { Failure } from "./Failure";
import { Waiting } from "./Waiting";

export type Column<T> = { key: string; title: string; cell: (row: T) => ReactNode; number?: boolean; main?: boolean; /** A row of its own on a phone. */ wide?: boolean; width?: string };
type PageOf<T> = { items: T[]; next?: string | null };

type RowsProps<T> = { columns: Column<T>[]; rows: T[]; rowKey: (row: T) => string; label: string };

/** The table alone. The column marked `main` heads the card on a phone. */
export function Rows<T>({ columns, rows, rowKey, label }: RowsProps<T>) {
  const { t } = useTranslation("common");
  return (
    <div className="list-frame">
      <table className="list" aria-label={label}>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.key} scope="col" className={c.number ? "number" : undefined} style={{ width: c.width }}>
                {c.title || <span className="sr-only">{t("actions")}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((c) => (
                <td key={c.key} data-label={c.title} className={[c.number ? "number" : "", c.main ? "main" : "", c.wide ? "wide" : ""].join(" ").trim() || undefined}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

type ListProps<T> = Omit<RowsProps<T>, "rows"> & {
  queryKey: readonly unknown[];
  fetch: (query: { cursor?: string; limit: number; search?: string }) => Promise<PageOf<T>>;
  searchable?: boolean;
  filters?: ReactNode;
  empty: ReactNode;
  refresh?: number;
  /** Told what is searched now. */
  onSearch?: (search: string) => void;
};

/** A paged list of the server with its search field and all three other states. */
export function List<T>({ queryKey, fetch, searchable = true, filters, empty, refresh, onSearch, ...rows }: ListProps<T>) {
  const { t } = useTranslation("common");
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim());
  useEffect(() => onSearch?.(search), [onSearch, search]);
  const query = useInfiniteQuery({
    queryKey: [...queryKey, "list", search],
    queryFn: ({ pageParam }) => fetch({ limit: 50, ...(search ? { search } : {}), ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: refresh,
    placeholderData: (previous) => previous,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="list-page">
      {searchable || filters ? (
        <div className="list-tools">
          {searchable ? (
            <Input allowClear prefix={<SearchOutlined />} value={typed} onChange={(e) => setTyped(e.target.value)} placeholder={t("search.here")} aria-label={t("search.here")} className="list-search" />
          ) : null}
          {filters}
        </div>
      ) : null}
      {query.error ? <Failure error={query.error} retry={() => void query.refetch()} /> : null}
      {query.isPending ? <Waiting rows={8} height={24} /> : null}
      {query.data && items.length === 0 ? search ? <Empty title={t("search.nothing", { search })} /> : empty : null}
      {items.length > 0 ? <Rows {...rows} rows={items} /> : null}
      {query.hasNextPage ? (
        <div className="list-more">
          <Button onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
            {t("act.more")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
