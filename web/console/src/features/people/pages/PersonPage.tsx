// One person: what happened, tags with their source, groups, employees she added, and consent switches that are real.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Face } from "@/shared/Face";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Person } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Consents } from "../parts/Consents";
import { History } from "../parts/History";
import { Layers } from "../parts/Layers";
import { Memberships } from "../parts/Memberships";
import { PersonTags } from "../parts/PersonTags";

export function PersonPage({ id }: { id: string }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const mayRequest = useMay("data_requests:write");
  const query = useQuery({ queryKey: ["person", id], queryFn: (): Promise<Person> => call(api.GET("/api/v1/people/{id}", { params: { path: { id } } })) });
  const person = query.data;
  return (
    <Page
      title={person ? <><Face name={person.name} picture={person.avatar ?? null} /> {person.name || t("nameless")}</> : " "} back={<Link to="/people">{t("title")}</Link>}
      lead={person ? `${words("people", "kinds", person.kind)} · ${t("since", { when: dayAndClock(person.first_seen_at) })}` : null}
    >
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {person ? (
        <div className="columns-side">
          <div className="stack-16">
            <Section title={t("timeline")}>
              <History person={id} />
            </Section>
          </div>
          <div className="stack-16">
            <Section title={t("tags")}>
              <PersonTags person={id} />
            </Section>
            <Section title={t("layers")}>
              <Layers person={id} />
            </Section>
            <Section title={t("consent")}>
              <Consents person={id} />
              {mayRequest && person.kind !== "staff" ? <p><Link to="/people/requests" search={{ person: id, name: person.name }}>{t("ask_data")}</Link></p> : null}
            </Section>
            <Section title={t("memberships")}>
              <Memberships person={id} />
            </Section>
            <Section title={t("contacts")}>
              <ul className="stack">
                {person.follows.map((f) => (
                  <li key={`${f.contact_id}${f.staff_id}`} className="row">
                    <span>{f.staff_name}</span>
                    <span className="soft">
                      {t("added", { when: dayAndClock(f.since) })}
                      {f.remark ? ` · ${f.remark}` : ""}
                    </span>
                    {f.deleted_at ? <StateMark state="left" word={t("lost")} /> : null}
                  </li>
                ))}
                {person.follows.length === 0 ? <li className="soft">{t("contacts_none")}</li> : null}
              </ul>
            </Section>
          </div>
        </div>
      ) : null}
    </Page>
  );
}
