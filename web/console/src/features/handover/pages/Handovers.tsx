// Hand-overs: who gives what to whom, and how far each has come.
import { api, call } from "@huoqun/api";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { HandoverPlan } from "@/shared/types";
import { useWords } from "@/shared/words";
import { NewHandover } from "../parts/NewHandover";
import { Progress } from "../parts/Progress";

export function Handovers() {
  const { t } = useTranslation("handover");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const navigate = useNavigate();
  const may = useMay("handover:write");
  const [making, setMaking] = useState(false);
  const add = <Button type="primary" onClick={() => setMaking(true)}>{t("start")}</Button>;
  return (
    <Page title={t("title")} lead={<>{t("lead")} <AbilityWord ability="auto" reason={t("ability")} /></>} actions={may ? add : null}>
      <List<HandoverPlan>
        queryKey={["handover"]} label={t("title")} searchable={false} rowKey={(p) => p.id} refresh={15_000}
        fetch={(query) => call(api.GET("/api/v1/handover/plans", { params: { query } }))}
        empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "who", title: t("who"), main: true, cell: (p) => <Link to="/people/handover/$id" params={{ id: p.id }}>{t("from_to", { from: p.from_name, to: p.to_name })}</Link> },
          { key: "kind", title: t("kind"), cell: (p) => words("handover", "givers", p.giver) },
          { key: "progress", title: t("progress"), cell: (p) => <Progress plan={p} /> },
          { key: "made", title: t("made"), cell: (p) => <>{dayAndClock(p.made_at)} <span className="soft">{p.made_by}</span></> },
        ]}
      />
      {making ? <NewHandover onClose={() => setMaking(false)} onMade={(id) => void navigate({ to: "/people/handover/$id", params: { id } })} /> : null}
    </Page>
  );
}
