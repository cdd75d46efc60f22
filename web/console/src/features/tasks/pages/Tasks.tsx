// Staff tasks: who has to tap what, how late it is, a reminder, handing over.
import { api, call } from "@huoqun/api";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { ExportButton } from "@/shared/ExportButton";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { useStaffName } from "@/shared/names";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { TaskRow } from "@/shared/types";
import { useWords } from "@/shared/words";
import { HandOver } from "../parts/HandOver";

const views = ["waiting", "expired", "skipped", "sent", "all"] as const;
type View = (typeof views)[number];

export function Tasks() {
  const { t } = useTranslation("tasks");
  const { when } = useFormat();
  const words = useWords();
  const staffName = useStaffName();
  const may = useMay("tasks:write");
  const [view, setView] = useState<View>("waiting");
  const [handing, setHanding] = useState<TaskRow | null>(null);
  const remind = useAct((id: string) => call(api.POST("/api/v1/tasks/{id}/remind", { params: { path: { id } } })), { renew: [["tasks"], ["today"]], done: t("reminded"), tellErrors: true });
  return (
    <Page title={t("title")} lead={<>{t("lead")} <AbilityWord ability="needs_tap" /></>} actions={<ExportButton what="tasks" filter={view === "all" ? {} : { status: view }} />}>
      <List<TaskRow>
        queryKey={["tasks", view]} label={t("title")} refresh={10_000} rowKey={(x) => x.id} searchable={false}
        fetch={(query) => call(api.GET("/api/v1/tasks", { params: { query: { ...query, ...(view === "all" ? {} : { state: view }) } } }))}
        filters={<Segmented<View> value={view} onChange={setView} options={views.map((v) => ({ value: v, label: t(`views.${v}`) }))} aria-label={t("views.label")} />}
        empty={<Empty title={t(`none.${view}`)} />}
        columns={[
          { key: "title", title: t("what"), main: true, cell: (x) => <>{x.title}<div className="faint">{x.group_name}</div></> },
          { key: "who", title: t("who"), cell: (x) => staffName(x.staff_id) },
          { key: "due", title: t("due"), cell: (x) => when(x.due_at) },
          {
            key: "state", title: t("state"),
            cell: (x) => (
              <span className="row">
                <StateMark state={x.state} />
                {x.reminders > 0 && x.state === "waiting" ? <span className="soft">{t("reminders", { count: x.reminders })}</span> : null}
                {x.reason ? <span className="soft">{words("tasks", "reasons", x.reason)}</span> : null}
              </span>
            ),
          },
          {
            key: "act", title: "",
            cell: (x) => may && x.state === "waiting" ? (
              <span className="row">
                <Button size="small" loading={remind.isPending && remind.variables === x.id} onClick={() => remind.mutate(x.id)}>{t("remind")}</Button>
                <Button size="small" onClick={() => setHanding(x)}>{t("hand_over")}</Button>
              </span>
            ) : null,
          },
        ]}
      />
      {handing ? <HandOver task={handing} onClose={() => setHanding(null)} /> : null}
    </Page>
  );
}
