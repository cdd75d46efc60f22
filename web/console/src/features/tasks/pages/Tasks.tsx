// Staff tasks: who has to tap what, how late it is, and a reminder.
import { api, call } from "@huoqun/api";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { WayMark } from "@/shared/Kind";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { TaskRow } from "@/shared/types";

const views = ["open", "missed", "done", "all"] as const;

export function Tasks() {
  const { t } = useTranslation("tasks");
  const { when } = useFormat();
  const may = useMay("tasks:write");
  const [view, setView] = useState<(typeof views)[number]>("open");
  const remind = useAct((id: string) => call(api.POST("/api/v1/tasks/{id}/remind", { params: { path: { id } } })), { renew: [["tasks"], ["today"]], done: t("reminded"), tellErrors: true });
  return (
    <Page title={t("title")} lead={<>{t("lead")} <AbilityWord ability="needs_tap" /></>}>
      <List<TaskRow>
        queryKey={["tasks", view]} label={t("title")} refresh={10_000} rowKey={(x) => x.id} searchable={false}
        fetch={(query) => call(api.GET("/api/v1/tasks", { params: { query: { ...query, ...(view === "all" ? {} : { state: view }) } } }))}
        filters={<Segmented value={view} onChange={setView} options={views.map((v) => ({ value: v, label: t(`views.${v}`) }))} aria-label={t("views.label")} />}
        empty={<Empty title={t(`none.${view}`)} />}
        columns={[
          { key: "title", title: t("what"), main: true, cell: (x) => <>{x.title}<div className="faint">{x.group_names.slice(0, 3).join("、")}</div></> },
          { key: "way", title: t("way"), cell: (x) => <WayMark way={x.way} /> },
          { key: "who", title: t("who"), cell: (x) => x.staff_name },
          { key: "due", title: t("due"), cell: (x) => when(x.due_at) },
          { key: "state", title: t("state"), cell: (x) => <StateMark state={x.state} /> },
          {
            key: "act", title: "",
            cell: (x) => may && x.state === "open" ? (
              <Button size="small" disabled={x.remind_left <= 0} loading={remind.isPending && remind.variables === x.id} onClick={() => remind.mutate(x.id)}>
                {t("remind")}
              </Button>
            ) : null,
          },
        ]}
      />
    </Page>
  );
}
