// One broadcast of one sender: its text, each group's state, reminding, stopping, deciding about an unknown outcome.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { ChatPreview } from "@/shared/ChatPreview";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Rows } from "@/shared/List";
import { useGroupName, useStaffName } from "@/shared/names";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Broadcast } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Unknown } from "../parts/Unknown";

export function BroadcastPage({ id }: { id: string }) {
  const { t } = useTranslation("broadcasts");
  const { dayAndClock } = useFormat();
  const words = useWords();
  const staffName = useStaffName();
  const groupName = useGroupName();
  const { modal } = App.useApp();
  const may = useMay("broadcasts:write");
  const path = { params: { path: { id } } };
  const renew = { renew: [["broadcast", id], ["broadcasts"], ["today"]] };
  const query = useQuery({ queryKey: ["broadcast", id], queryFn: (): Promise<Broadcast> => call(api.GET("/api/v1/broadcasts/{id}", path)), refetchInterval: 15_000 });
  const cancel = useAct(() => call(api.POST("/api/v1/broadcasts/{id}/cancel", path)), { ...renew, done: t("stopping") });
  const remind = useAct(() => call(api.POST("/api/v1/broadcasts/{id}/remind", path)), { ...renew, done: t("reminded") });
  const b = query.data;
  const unsent = b?.targets.filter((x) => x.state === "waiting").length ?? 0;
  const ask = () => modal.confirm({ title: t("cancel_title"), content: t("cancel_what", { count: unsent }), okText: t("cancel"), okButtonProps: { danger: true }, onOk: () => cancel.mutateAsync() });
  return (
    <Page
      title={b ? t("of", { name: staffName(b.staff_id) }) : " "} back={<Link to="/content/broadcasts">{t("title")}</Link>}
      lead={b ? <StateMark state={b.state} word={words("broadcasts", "states", b.state)} /> : null}
      actions={b && may ? (
        <>
          {b.state === "accepted" ? <Button onClick={() => remind.mutate()} loading={remind.isPending} disabled={b.reminders_left <= 0}>{t("remind", { left: b.reminders_left })}</Button> : null}
          {b.state === "accepted" || b.state === "planned" ? <Button danger onClick={ask} loading={cancel.isPending}>{t("cancel")}</Button> : null}
        </>
      ) : null}
    >
      <Failure error={query.error ?? cancel.error ?? remind.error} retry={query.error ? () => void query.refetch() : undefined} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {b?.trouble ? <p className="note">{b.trouble} {b.trouble_detail ? <code className="faint">{b.trouble_detail}</code> : null}</p> : null}
      {b?.state === "unknown" && may ? <Unknown id={id} /> : null}
      {b ? (
        <div className="columns-side">
          <Section title={t("groups")}>
            <Rows
              rows={b.targets} rowKey={(x) => x.group_id} label={t("groups")}
              columns={[
                { key: "group", title: t("group"), main: true, cell: (x) => <Link to="/groups/$id" params={{ id: x.group_id }}>{groupName(x.group_id)}</Link> },
                { key: "state", title: t("state"), cell: (x) => <span className="row"><StateMark state={x.state} />{x.reason ? <span className="soft">{words("broadcasts", "reasons", x.reason)}</span> : null}</span> },
                { key: "at", title: t("sent_at"), cell: (x) => (x.sent_at > 0 ? dayAndClock(x.sent_at) : "–") },
              ]}
            />
          </Section>
          <ChatPreview sender={staffName(b.staff_id)} text={b.text} room={b.targets[0] ? groupName(b.targets[0].group_id) : t("group")} at={dayAndClock(b.created_at)} />
        </div>
      ) : null}
    </Page>
  );
}
