// One person: a single timeline, tags with their source, memberships, and consent switches that are real.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import type { Person } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Consents } from "../parts/Consents";
import { PersonTags } from "../parts/PersonTags";

export function PersonPage({ id }: { id: string }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const format = useFormat();
  const query = useQuery({ queryKey: ["person", id], queryFn: (): Promise<Person> => call(api.GET("/api/v1/people/{id}", { params: { path: { id } } })) });
  const person = query.data;
  return (
    <Page title={person ? person.name || t("nameless") : " "} back={<Link to="/people">{t("title")}</Link>} lead={person ? t("since", { when: format.dayAndClock(person.first_seen_at) }) : null}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
      {person ? (
        <div className="columns-side">
          <div className="stack-16">
            <Section title={t("timeline")}>
              {person.timeline.length === 0 ? <p className="soft">{t("timeline_none")}</p> : null}
              <ol className="events">
                {person.timeline.map((event, i) => (
                  <li key={`${event.at}${i}`}>
                    <time className="soft">{format.dayAndClock(event.at)}</time>
                    <span>
                      {words("people", "events", event.kind)} {event.text}
                      {event.amount_fen ? ` ${format.yuan(event.amount_fen)}` : ""}
                    </span>
                  </li>
                ))}
              </ol>
            </Section>
          </div>
          <div className="stack-16">
            <Section title={t("tags")}>
              <PersonTags person={person} />
            </Section>
            <Section title={t("consent")}>
              <Consents person={person.id} />
            </Section>
            <Section title={t("memberships")}>
              <ul className="stack">
                {person.memberships.map((m) => (
                  <li key={m.id}>
                    <Link to="/groups/$id" params={{ id: m.group_id }}>{m.group_name}</Link>
                    <div className="soft">
                      {t("joined", { when: format.dayAndClock(m.joined_at) })}
                      {m.left_at ? ` · ${t("left", { when: format.dayAndClock(m.left_at) })}` : ""}
                    </div>
                  </li>
                ))}
                {person.memberships.length === 0 ? <li className="soft">{t("memberships_none")}</li> : null}
              </ul>
            </Section>
            <Section title={t("contacts")}>
              <ul className="stack">
                {person.contacts.map((c) => (
                  <li key={c.id}>
                    {c.staff_name}
                    <div className="soft">
                      {t("added", { when: format.dayAndClock(c.added_at) })}
                      {c.code_name ? ` · ${c.code_name}` : ""}
                      {c.lost_at ? ` · ${t("lost")}` : ""}
                    </div>
                  </li>
                ))}
                {person.contacts.length === 0 ? <li className="soft">{t("contacts_none")}</li> : null}
              </ul>
            </Section>
          </div>
        </div>
      ) : null}
    </Page>
  );
}
