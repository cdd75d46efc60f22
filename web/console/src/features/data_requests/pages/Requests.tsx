// Requests about personal data: what is open, until when, and a form for one that reached an employee.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { DataRequest } from "@/shared/types";
import { useWords } from "@/shared/words";
import { RequestForm } from "../parts/RequestForm";
import { toneOfRequest } from "../parts/tone";

const STATES = ["open", "done", "refused", "all"] as const;

export function Requests({ person, name }: { person?: string | undefined; name?: string | undefined }) {
  const { t } = useTranslation("data_requests");
  const words = useWords();
  const { dayAndClock, when } = useFormat();
  const may = useMay("data_requests:write");
  const [adding, setAdding] = useState(person !== undefined && may);
  const [state, setState] = useState<(typeof STATES)[number]>("open");
  const add = <Button type="primary" onClick={() => setAdding(true)}>{t("add")}</Button>;
  const filter = state === "all" ? {} : { state };
  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? add : null}>
      <List<DataRequest>
        queryKey={["data_requests", state]} label={t("title")} rowKey={(x) => x.id}
        fetch={(query) => call(api.GET("/api/v1/data-requests", { params: { query: { ...query, ...filter } } }))}
        filters={<Select aria-label={t("state")} value={state} onChange={setState} style={{ minWidth: 140 }} options={STATES.map((value) => ({ value, label: words("data_requests", "filters", value) }))} />}
        empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "who", title: t("who"), main: true, cell: (x) => <Link to="/people/requests/$id" params={{ id: x.id }}>{x.person_name || t("nobody")}</Link> },
          { key: "kind", title: t("kind"), cell: (x) => words("data_requests", "kinds", x.kind) },
          { key: "state", title: t("state"), cell: (x) => <StateMark state={x.state} tone={toneOfRequest(x)} word={words("data_requests", "states", x.overdue ? "overdue" : x.state)} /> },
          { key: "received", title: t("received"), cell: (x) => dayAndClock(x.received_at) },
          { key: "due", title: t("due"), cell: (x) => (x.ended_at > 0 ? t("ended", { when: dayAndClock(x.ended_at) }) : when(x.due_at - 1)) },
        ]}
      />
      {adding ? <RequestForm person={person} name={name} onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
