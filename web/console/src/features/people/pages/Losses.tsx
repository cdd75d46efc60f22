// Who lost whom, until somebody took care of it.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Segmented, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Loss } from "@/shared/types";

type By = "all" | "customer" | "staff";

export function Losses() {
  const { t } = useTranslation("people");
  const { dayAndClock, count, yuan } = useFormat();
  const may = useMay("people:write");
  const maySet = useMay("tenants:write");
  const [by, setBy] = useState<By>("all");
  const [handled, setHandled] = useState(false);
  const setting = useQuery({ queryKey: ["losses", "setting"], queryFn: (): Promise<{ tell_losses: boolean }> => call(api.GET("/api/v1/people/loss-setting")) });
  const tell = useAct((tell_losses: boolean) => call(api.PUT("/api/v1/people/loss-setting", { body: { tell_losses } })), { renew: [["losses", "setting"]] });
  const settle = useAct((l: Loss) => call(api.PATCH("/api/v1/people/losses/{loss}", { params: { path: { loss: l.id } }, body: { handled: l.handled_at === 0 } })), { renew: [["losses"], ["today"]], tellErrors: true });
  return (
    <Page
      title={t("losses")} lead={t("losses_lead")} back={<Link to="/people">{t("title")}</Link>}
      actions={
        <label className="row">
          <Switch size="small" checked={setting.data?.tell_losses ?? true} disabled={!maySet} loading={tell.isPending} onChange={(on) => tell.mutate(on)} aria-label={t("tell_losses")} />
          <span>{t("tell_losses")}</span> <AbilityWord ability="auto" />
        </label>
      }
    >
      <Failure error={setting.error ?? tell.error} />
      <List<Loss>
        queryKey={["losses", by, handled]} label={t("losses")} rowKey={(l) => l.id}
        fetch={(query) => call(api.GET("/api/v1/people/losses", { params: { query: { ...query, ...(handled ? { handled } : {}), ...(by === "all" ? {} : { by }) } } }))}
        filters={
          <>
            <Segmented<By> value={by} onChange={setBy} options={[{ value: "all", label: t("lost_all") }, { value: "customer", label: t("lost_by_customer") }, { value: "staff", label: t("lost_by_staff") }]} />
            <label className="row"><Switch size="small" checked={handled} onChange={setHandled} aria-label={t("losses_handled")} /> {t("losses_handled")}</label>
          </>
        }
        empty={<Empty title={t("losses_none")}>{t("losses_none_why")}</Empty>}
        columns={[
          { key: "who", title: t("lost_who"), main: true, cell: (l) => <Link to="/people/$id" params={{ id: l.person_id }}>{l.person_name || t("nameless")}</Link> },
          { key: "staff", title: t("lost_whom"), cell: (l) => <>{l.staff_name} <span className="soft">{l.by_customer ? t("lost_by_customer") : t("lost_by_staff")}</span></> },
          { key: "at", title: t("lost_at"), cell: (l) => dayAndClock(l.at) },
          { key: "still", title: t("lost_still"), cell: (l) => t("lost_counts", { groups: count(l.groups), bonds: count(l.bonds), tags: count(l.tags) }) },
          { key: "worth", title: t("lost_worth"), number: true, cell: (l) => (l.orders > 0 ? yuan(l.paid_fen) : "—") },
          {
            key: "act", title: "",
            cell: (l) => (
              <span className="row">
                {l.handled_at ? <StateMark state="done" word={t("loss_done", { name: l.handled_by })} /> : null}
                {may ? <Button size="small" loading={settle.isPending && settle.variables?.id === l.id} onClick={() => settle.mutate(l)}>{l.handled_at ? t("loss_reopen") : t("loss_handle")}</Button> : null}
              </span>
            ),
          },
        ]}
      />
    </Page>
  );
}
