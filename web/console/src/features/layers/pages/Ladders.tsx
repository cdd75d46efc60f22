// Ladders and stages of life: how many stand where, and who went from where to where within a period.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import type { LadderView } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Bars } from "../parts/Bars";
import { between, type Filter, LADDERS, sum } from "../parts/model";
import { PeopleOf } from "../parts/PeopleOf";

const PERIODS = [7, 30, 90] as const;
const DAY = 86_400_000;

export function Ladders() {
  const { t } = useTranslation("layers");
  const [days, setDays] = useState<(typeof PERIODS)[number]>(30);
  const [filter, setFilter] = useState<Filter>({});
  const { now } = useFormat();
  const from = Math.floor(now / DAY) * DAY - (days - 1) * DAY;
  const query = useQuery({
    queryKey: ["layers", "ladders", from],
    queryFn: (): Promise<{ items: LadderView[] }> => call(api.GET("/api/v1/layers/ladders", { params: { query: { from } } })),
    placeholderData: (before) => before,
  });
  const items = query.data?.items ?? [];
  const shown = LADDERS.map((word) => items.find((l) => l.ladder === word)).filter((l): l is LadderView => l !== undefined);
  const nobody = shown.every((l) => l.levels.every((x) => x.persons === 0));
  return (
    <Page
      title={t("ladders_title")} lead={t("ladders_lead")} back={<Link to="/people/layers">{t("title")}</Link>}
      actions={<Segmented value={days} onChange={setDays} options={PERIODS.map((n) => ({ value: n, label: t("last_days", { n }) }))} aria-label={t("period")} />}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={10} /> : null}
      {query.data && nobody ? <Empty title={t("ladders_none")}>{t("ladders_none_why")}</Empty> : null}
      {query.data && !nobody ? (
        <>
          <div className="columns">
            {shown.map((ladder) => (
              <Section key={ladder.ladder} title={t(`ladders.${ladder.ladder}`)}>
                <Bars ladder={ladder.ladder} levels={ladder.levels} picked={filter[ladder.ladder]} onPick={(level) => setFilter(level ? { [ladder.ladder]: level } : {})} />
                <Flows ladder={ladder} />
              </Section>
            ))}
          </div>
          <Section title={t("people")}><PeopleOf filter={filter} /></Section>
        </>
      ) : null}
    </Page>
  );
}

function Flows({ ladder }: { ladder: LadderView }) {
  const { t } = useTranslation("layers");
  const words = useWords();
  const { count } = useFormat();
  const [all, setAll] = useState(false);
  const steps = between(ladder.flows);
  const newly = sum(ladder.flows, (f) => f.from_level === "");
  const gone = sum(ladder.flows, (f) => f.to_level === "");
  return (
    <div className="stack">
      <p className="soft">{t("newly_gone", { newly: count(newly), gone: count(gone) })}</p>
      {steps.length === 0 ? <p className="soft">{t("no_steps")}</p> : null}
      <ul className="stack">
        {(all ? steps : steps.slice(0, 5)).map((f) => (
          <li key={`${f.from_level}${f.to_level}`}>{t("move_line", { from: words("layers", ladder.ladder, f.from_level), to: words("layers", ladder.ladder, f.to_level), persons: count(f.persons) })}</li>
        ))}
      </ul>
      {steps.length > 5 ? <div><Button type="link" className="link-cell" aria-expanded={all} onClick={() => setAll(!all)}>{all ? t("fewer_steps") : t("all_steps", { n: count(steps.length) })}</Button></div> : null}
    </div>
  );
}
