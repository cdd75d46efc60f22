// The people of a field, a name or a level.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Face } from "@/shared/Face";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import type { LayerPerson } from "@/shared/types";
import { useWords } from "@/shared/words";
import type { Filter } from "./model";

export function PeopleOf({ filter }: { filter: Filter }) {
  const { t } = useTranslation("layers");
  const words = useWords();
  const { count, yuan } = useFormat();
  return (
    <List<LayerPerson>
      queryKey={["layers", "people", filter]} label={t("people")} rowKey={(p) => p.id}
      fetch={(query) => call(api.GET("/api/v1/layers/people", { params: { query: { ...query, ...filter } } }))}
      empty={<Empty title={t("people_none")} />}
      columns={[
        { key: "name", title: t("name"), main: true, cell: (p) => <Link to="/people/$id" params={{ id: p.id }}><Face name={p.name} picture={p.avatar ?? null} /> {p.name}</Link> },
        { key: "cell", title: t("cell"), cell: (p) => (p.r > 0 ? `${p.r}·${p.f}·${p.m}` : "–") },
        { key: "rfm", title: t("ladders.rfm"), cell: (p) => words("layers", "rfm", p.rfm) },
        { key: "stage", title: t("ladders.stage"), cell: (p) => words("layers", "stage", p.stage) },
        { key: "days", title: t("order_days"), number: true, cell: (p) => count(p.order_days) },
        { key: "net", title: t("net"), number: true, cell: (p) => yuan(p.net_fen) },
      ]}
    />
  );
}
