// One group: its pulse of 28 days, who carries it, its members.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useStaffName } from "@/shared/names";
import { Page, Section } from "@/shared/Page";
import type { Community, Group } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { GroupTags } from "../parts/GroupTags";
import { Members } from "../parts/Members";
import { Pulse } from "../parts/Pulse";

export function GroupPage({ id }: { id: string }) {
  const { t } = useTranslation("groups");
  const words = useWords();
  const staffName = useStaffName();
  const { count, dayAndClock } = useFormat();
  const query = useQuery({ queryKey: ["group", id], queryFn: (): Promise<Group> => call(api.GET("/api/v1/groups/{id}", { params: { path: { id } } })) });
  const group = query.data;
  const community = useQuery({
    queryKey: ["community", group?.community_id],
    queryFn: (): Promise<Community> => call(api.GET("/api/v1/communities/{id}", { params: { path: { id: group?.community_id ?? "" } } })),
    enabled: Boolean(group?.community_id),
  });
  return (
    <Page
      title={group ? group.name || t("nameless_group") : " "} back={<Link to="/groups">{t("title")}</Link>}
      lead={group ? (
        <span className="row">
          {t("carried", { owner: group.owner_name ?? "–", members: count(group.members), eligible: count(group.eligible) })}
          {community.data ? <Link to="/communities/$id" params={{ id: community.data.id }}>{community.data.name}</Link> : null}
        </span>
      ) : null}
      actions={community.data ? <Link to="/plan" search={{ community: community.data.id }}>{t("to_plan")}</Link> : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={6} height={28} /> : null}
      {group ? (
        <>
          <div className="columns-side">
            <Section title={t("pulse")}>
              <Pulse group={id} />
            </Section>
            <Section title={t("duties")}>
              <dl className="facts">
                {group.duties.map((d) => (
                  <div key={`${d.staff_id}${d.role}`} style={{ display: "contents" }}>
                    <dt>{words("groups", "duty", d.role)}</dt>
                    <dd>{staffName(d.staff_id)}</dd>
                  </div>
                ))}
                <dt>{t("founded")}</dt>
                <dd>{dayAndClock(group.founded_at)}</dd>
              </dl>
              <GroupTags group={id} tags={group.tags} />
            </Section>
          </div>
          {group.notice ? (
            <Section title={t("notice")}>
              <p className="pre">{group.notice}</p>
            </Section>
          ) : null}
          <Members group={id} />
        </>
      ) : null}
    </Page>
  );
}
