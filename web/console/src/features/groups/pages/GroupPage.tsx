// One group: its pulse of 28 days, who carries it, its members.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page, Section } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { Group, Member } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Pulse } from "../parts/Pulse";

export function GroupPage({ id }: { id: string }) {
  const { t } = useTranslation("groups");
  const words = useWords();
  const { dayAndClock, count } = useFormat();
  const query = useQuery({ queryKey: ["group", id], queryFn: (): Promise<Group> => call(api.GET("/api/v1/groups/{id}", { params: { path: { id } } })) });
  const group = query.data;
  return (
    <Page
      title={group ? group.name : " "} back={<Link to="/groups">{t("title")}</Link>}
      lead={group ? (
        <span className="row">
          <StateMark state={group.state} /> {t("carried", { owner: group.owner_name, members: count(group.members) })}
          {group.community_id ? <Link to="/communities/$id" params={{ id: group.community_id }}>{group.community_name}</Link> : null}
        </span>
      ) : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={6} height={28} /> : null}
      {group ? (
        <>
          <Section title={t("pulse")}>
            <Pulse days={group.pulse} />
          </Section>
          {group.notice ? <Section title={t("notice")}><p className="pre">{group.notice}</p></Section> : null}
          <List<Member>
            queryKey={["group", id, "members"]} label={t("members")} rowKey={(m) => m.id}
            fetch={(q) => call(api.GET("/api/v1/groups/{id}/members", { params: { path: { id }, query: q } }))}
            empty={<Empty title={t("members_none")} />}
            columns={[
              { key: "name", title: t("name"), main: true, cell: (m) => <Link to="/people/$id" params={{ id: m.person_id }}>{m.name || t("nameless")}</Link> },
              { key: "role", title: t("role"), cell: (m) => words("groups", "roles", m.role) },
              { key: "joined", title: t("joined"), cell: (m) => dayAndClock(m.joined_at) },
              { key: "by", title: t("came_by"), cell: (m) => m.code_name ?? m.inviter_name ?? (m.scene ? words("groups", "scenes", m.scene) : "") },
              { key: "left", title: t("state"), cell: (m) => (m.left_at ? <StateMark state="left" word={t("left_at", { when: dayAndClock(m.left_at) })} /> : <StateMark state="active" word={t("here")} />) },
            ]}
          />
        </>
      ) : null}
    </Page>
  );
}
