// Who took which list out, why, and whether the file is still there.
import { api, call } from "@huoqun/api";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { Export } from "@/shared/types";
import { useWords } from "@/shared/words";

export function Exports() {
  const { t } = useTranslation("exports");
  const words = useWords();
  const { count, dayAndClock } = useFormat();
  const cancel = useAct((id: string) => call(api.POST("/api/v1/exports/{id}/cancel", { params: { path: { id } } })), { renew: [["exports"]], tellErrors: true });
  return (
    <Page title={t("title")} lead={t("lead")}>
      <List<Export>
        queryKey={["exports"]} label={t("title")} refresh={5_000} rowKey={(e) => e.id} fetch={(query) => call(api.GET("/api/v1/exports", { params: { query } }))}
        empty={<Empty title={t("none")}>{t("none_why")}</Empty>}
        columns={[
          { key: "what", title: t("what"), main: true, cell: (e) => <span>{words("exports", "lists", e.what)} <span className="faint">{t("number", { number: e.number })} · {e.format.toUpperCase()}</span></span> },
          { key: "reason", title: t("reason"), cell: (e) => <span className="clip-2">{e.reason}</span> },
          { key: "who", title: t("who"), cell: (e) => <>{e.operator_name}{e.with_contacts ? <div className="faint">{t("with_contacts")}</div> : null}{e.own_groups_only ? <div className="faint">{t("own_groups")}</div> : null}</> },
          { key: "at", title: t("asked"), cell: (e) => dayAndClock(e.created_at) },
          { key: "rows", title: t("rows"), number: true, cell: (e) => count(e.rows) },
          { key: "taken", title: t("taken"), number: true, cell: (e) => count(e.downloads) },
          { key: "state", title: t("state"), cell: (e) => <><StateMark state={e.state} />{e.state === "done" && e.expires_at ? <div className="faint">{t("until", { when: dayAndClock(e.expires_at) })}</div> : null}</> },
          {
            key: "act", title: "",
            cell: (e) => {
              if (!e.yours) return null;
              if (e.state === "running") return <Button size="small" onClick={() => cancel.mutate(e.id)} loading={cancel.isPending && cancel.variables === e.id}>{t("cancel")}</Button>;
              return e.state === "done" ? <Button size="small" type="primary" href={`/api/v1/exports/${e.id}/file`} download>{t("download")}</Button> : null;
            },
          },
        ]}
      />
    </Page>
  );
}
