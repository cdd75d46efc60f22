// One broadcast: its text, each group's state, and the way to stop it.
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
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Broadcast } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";

export function BroadcastPage({ id }: { id: string }) {
  const { t } = useTranslation("broadcasts");
  const { dayAndClock } = useFormat();
  const { modal } = App.useApp();
  const may = useMay("broadcasts:write");
  const query = useQuery({ queryKey: ["broadcast", id], queryFn: (): Promise<Broadcast> => call(api.GET("/api/v1/broadcasts/{id}", { params: { path: { id } } })), refetchInterval: 15_000 });
  const cancel = useAct(() => call(api.POST("/api/v1/broadcasts/{id}/cancel", { params: { path: { id } } })), { renew: [["broadcast", id], ["broadcasts"], ["today"]] });
  const b = query.data;
  const unsent = b ? b.groups - b.sent - b.missed : 0;
  const ask = () => modal.confirm({ title: t("cancel_title"), content: t("cancel_what", { count: unsent }), okText: t("cancel"), okButtonProps: { danger: true }, onOk: () => cancel.mutateAsync() });
  return (
    <Page
      title={b ? b.title || t("one") : " "} back={<Link to="/content/broadcasts">{t("title")}</Link>} lead={b ? <StateMark state={b.state} /> : null}
      actions={b && may && unsent > 0 && !["cancelled", "done"].includes(b.state) ? <Button danger onClick={ask} loading={cancel.isPending}>{t("cancel")}</Button> : null}
    >
      <Failure error={query.error ?? cancel.error} retry={query.error ? () => void query.refetch() : undefined} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {b ? (
        <div className="columns-side">
          <Section title={t("groups")}>
            <Rows
              rows={b.targets ?? []} rowKey={(x) => x.group_id} label={t("groups")}
              columns={[
                { key: "group", title: t("group"), main: true, cell: (x) => <Link to="/groups/$id" params={{ id: x.group_id }}>{x.group_name}</Link> },
                { key: "state", title: t("state"), cell: (x) => <StateMark state={x.state} /> },
                { key: "at", title: t("sent_at"), cell: (x) => (x.sent_at ? dayAndClock(x.sent_at) : "–") },
              ]}
            />
          </Section>
          <ChatPreview sender={b.sender_names[0] ?? "…"} text={b.text} room={b.targets?.[0]?.group_name ?? t("group")} at={dayAndClock(b.created_at)} />
        </div>
      ) : null}
    </Page>
  );
}
