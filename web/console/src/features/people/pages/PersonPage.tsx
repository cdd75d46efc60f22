// One person: what happened, who she is in which account, the company's own fields, tags, groups, consent, joinings.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Face } from "@/shared/Face";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { Order, Person } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { Consents } from "../parts/Consents";
import { Contacts } from "../parts/Contacts";
import { History } from "../parts/History";
import { Layers } from "../parts/Layers";
import { Memberships } from "../parts/Memberships";
import { Merges } from "../parts/Merges";
import { PersonFields } from "../parts/PersonFields";
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
        <>
          {person.id !== id ? <p className="note">{t("merged_into", { name: person.name || t("nameless") })}</p> : null}
          <div className="columns-side">
            <div className="stack-16">
              <Section title={t("timeline")}><History person={person.id} /></Section>
            </div>
            <div className="stack-16">
              <Section title={t("contacts")}><Contacts person={person} /></Section>
              <Section title={t("fields")}><PersonFields person={person.id} /></Section>
              <Section title={t("tags")}><PersonTags person={person.id} /></Section>
              <Section title={t("layers")}><Layers person={person.id} /></Section>
              <Section title={t("orders")}><Orders person={person.id} /></Section>
              <Section title={t("consent")}>
                <Consents person={person.id} />
                {mayRequest && person.kind !== "staff" ? <p><Link to="/people/requests" search={{ person: person.id, name: person.name }}>{t("ask_data")}</Link></p> : null}
              </Section>
              <Section title={t("memberships")}><Memberships person={person.id} /></Section>
              <Section title={t("merges")}><Merges person={person.id} /></Section>
            </div>
          </div>
        </>
      ) : null}
    </Page>
  );
}

function Orders({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const { yuan, dayAndClock } = useFormat();
  const query = useQuery({
    queryKey: ["person", person, "orders"],
    queryFn: (): Promise<{ items: Order[] }> => call(api.GET("/api/v1/orders", { params: { query: { person_id: person, limit: 20 } } })),
  });
  return (
    <>
      <Failure error={query.error} retry={() => void query.refetch()} />
      <ul className="stack">
        {(query.data?.items ?? []).map((o) => (
          <li key={o.id}>
            {yuan(o.paid_fen)} <span className="soft">{o.items.map((i) => i.name).join("、")} · {dayAndClock(o.paid_at)}</span>
            {o.refunded_fen > 0 ? <span className="bad"> {t("refunded", { amount: yuan(o.refunded_fen) })}</span> : null}
          </li>
        ))}
      </ul>
      {query.data?.items.length === 0 ? <p className="soft">{t("orders_none")}</p> : null}
    </>
  );
}
