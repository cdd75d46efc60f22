// What levels are promised: how often, what it may cost, and where that is more than planned.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Input, Popconfirm, Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Rows } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Benefit } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { BenefitForm } from "../parts/BenefitForm";
import { LADDERS } from "../parts/model";

export function Benefits() {
  const { t } = useTranslation("layers");
  const words = useWords();
  const { count, yuan } = useFormat();
  const may = useMay("layers:write");
  const [open, setOpen] = useState<Benefit | "new" | null>(null);
  const [ladder, setLadder] = useState("");
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed.trim().toLowerCase());
  const query = useQuery({ queryKey: ["layers", "benefits"], queryFn: (): Promise<{ items: Benefit[] }> => call(api.GET("/api/v1/layers/benefits")) });
  const remove = useAct((id: string) => call(api.DELETE("/api/v1/layers/benefits/{id}", { params: { path: { id } } })), { renew: [["layers", "benefits"]], tellErrors: true });
  const items = query.data?.items ?? [];
  const found = items.filter((b) => (ladder === "" || b.ladder === ladder) && (search === "" || `${b.name} ${b.promise}`.toLowerCase().includes(search)));
  const add = may ? <Button type="primary" onClick={() => setOpen("new")}>{t("benefit_add")}</Button> : null;
  return (
    <Page title={t("benefits_title")} lead={t("benefits_lead")} back={<Link to="/people/layers">{t("title")}</Link>} actions={add}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={6} /> : null}
      {query.data && items.length === 0 ? <Empty title={t("benefits_none")} action={add}>{t("benefits_none_why")}</Empty> : null}
      {items.length > 0 ? (
        <div className="list-tools">
          <Input allowClear className="list-search" value={typed} onChange={(e) => setTyped(e.target.value)} placeholder={t("benefits_search")} aria-label={t("benefits_search")} />
          <Select
            value={ladder} onChange={setLadder} aria-label={t("ladder")} style={{ minWidth: 140 }}
            options={[{ value: "", label: t("all_ladders") }, ...LADDERS.map((l) => ({ value: l, label: t(`ladders.${l}`) }))]}
          />
        </div>
      ) : null}
      {items.length > 0 && found.length === 0 ? <Empty title={t("benefits_none_found")} /> : null}
      {found.length > 0 ? (
        <Rows<Benefit>
          label={t("benefits_title")} rowKey={(b) => b.id} rows={found}
          columns={[
            {
              key: "name", title: t("name"), main: true,
              cell: (b) => <>{may ? <Button type="link" className="link-cell" onClick={() => setOpen(b)}>{b.name}</Button> : b.name}<div className="soft">{b.promise}</div></>,
            },
            { key: "level", title: t("for_level"), cell: (b) => <>{words("layers", b.ladder, b.level)} <span className="soft">{words("layers", "ladders", b.ladder)}</span></> },
            { key: "period", title: t("period_each"), cell: (b) => words("layers", "periods", b.period) },
            { key: "value", title: t("value_each"), number: true, cell: (b) => yuan(b.value_fen) },
            { key: "persons", title: t("persons"), number: true, cell: (b) => count(b.persons) },
            { key: "exposure", title: t("exposure"), number: true, cell: (b) => t("of_ceiling", { all: yuan(b.exposure_fen), ceiling: yuan(b.ceiling_fen) }) },
            { key: "state", title: t("state"), cell: (b) => <BenefitState benefit={b} /> },
            {
              key: "act", title: "",
              cell: (b) => (may ? (
                <Popconfirm title={t("benefit_delete_why")} okText={t("delete")} onConfirm={() => remove.mutate(b.id)}>
                  <Button size="small" danger aria-label={t("delete_named", { name: b.name })}>{t("delete")}</Button>
                </Popconfirm>
              ) : null),
            },
          ]}
        />
      ) : null}
      {open ? <BenefitForm benefit={open === "new" ? null : open} onClose={() => setOpen(null)} /> : null}
    </Page>
  );
}

function BenefitState({ benefit }: { benefit: Benefit }) {
  const { t } = useTranslation("layers");
  if (!benefit.enabled) return <StateMark state="off" tone="off" word={t("off")} />;
  return benefit.over ? <StateMark state="over" tone="wrong" word={t("over_ceiling")} /> : <StateMark state="on" tone="done" word={t("on")} />;
}
