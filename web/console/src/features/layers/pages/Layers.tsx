// RFM: the grid, the eight names, the cut points, and the people behind every number.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import type { RfmView } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { Bars } from "../parts/Bars";
import { CutPoints } from "../parts/CutPoints";
import { Grid } from "../parts/Grid";
import type { Filter } from "../parts/model";
import { PeopleOf } from "../parts/PeopleOf";

export function Layers() {
  const { t } = useTranslation("layers");
  const { when, count } = useFormat();
  const [filter, setFilter] = useState<Filter>({});
  const query = useQuery({ queryKey: ["layers", "rfm"], queryFn: (): Promise<RfmView> => call(api.GET("/api/v1/layers/rfm")) });
  const rfm = query.data;
  const since = rfm && rfm.version > 0 ? t("in_force", { n: rfm.version, when: when(rfm.in_force_at) }) : t("none_in_force");
  return (
    <Page title={t("title")} lead={t("lead")} actions={<><Link to="/people/ladders">{t("to_ladders")}</Link><Link to="/people/promotions">{t("to_promotions")}</Link></>}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={10} /> : null}
      {rfm ? (
        <>
          <div className="columns">
            <Section title={t("grid")} extra={<span className="soft">{since}</span>}>
              {rfm.cells.length > 0 ? <Grid cells={rfm.cells} picked={filter} onPick={setFilter} /> : <Empty title={t("grid_none")}>{t("grid_none_why")}</Empty>}
              <p className="soft">{t("grid_how", { days: count(rfm.window_days) })}</p>
            </Section>
            <Section title={t("segments")}>
              <Bars ladder="rfm" levels={rfm.segments} picked={filter.rfm} onPick={(level) => setFilter(level ? { rfm: level } : {})} />
            </Section>
          </div>
          <Section title={t("cuts")}><CutPoints cuts={rfm.cuts ?? null} /></Section>
          <Section title={t("people")}><PeopleOf filter={filter} /></Section>
        </>
      ) : null}
    </Page>
  );
}
