// The names of events that other systems report, with counts per day and what the company writes about each.
import { api, call } from "@huoqun/api";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { SideForm } from "@/shared/SideForm";
import type { EventDefinition } from "@/shared/types";

export function EventNames() {
  const { t } = useTranslation("events");
  const { count, when, day } = useFormat();
  const may = useMay("events:write");
  const [editing, setEditing] = useState<EventDefinition | null>(null);
  const total = (e: EventDefinition) => e.days.reduce((sum, d) => sum + d.events, 0);
  return (
    <Page title={t("title")} lead={t("lead")}>
      <List<EventDefinition>
        queryKey={["event-definitions"]} label={t("title")} searchable={false} rowKey={(e) => e.name} fetch={() => call(api.GET("/api/v1/events/definitions", { params: { query: { days: 14 } } }))}
        empty={<Empty title={t("none")}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (e) => <><code>{e.name}</code> <span className="soft">{e.description}</span></> },
          { key: "total", title: t("total"), number: true, cell: (e) => count(total(e)) },
          {
            key: "days", title: t("days"),
            cell: (e) => (
              <span className="soft">
                {e.days.slice(-3).map((d) => t("on_day", { day: day(d.day), events: count(d.events), people: count(d.people) })).join(" · ") || t("quiet")}
              </span>
            ),
          },
          { key: "last", title: t("last"), cell: (e) => when(e.last_at) },
          { key: "privacy", title: t("privacy"), cell: (e) => e.privacy_note || <span className="bad">{t("privacy_missing")}</span> },
          { key: "act", title: "", cell: (e) => may ? <Button size="small" onClick={() => setEditing(e)} aria-label={t("describe_named", { name: e.name })}>{t("describe")}</Button> : null },
        ]}
      />
      {editing ? <Describe event={editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  );
}

function Describe({ event, onClose }: { event: EventDefinition; onClose: () => void }) {
  const { t } = useTranslation("events");
  const [description, setDescription] = useState(event.description);
  const [note, setNote] = useState(event.privacy_note);
  const save = useAct(
    () => call(api.PATCH("/api/v1/events/definitions/{name}", { params: { path: { name: event.name } }, body: { description, privacy_note: note } })),
    { renew: [["event-definitions"]], then: onClose },
  );
  return (
    <SideForm open title={event.name} busy={save.isPending} error={save.error} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("meaning")}>{(id) => <Input id={id} value={description} onChange={(e) => setDescription(e.target.value)} maxLength={200} autoFocus />}</Field>
      <Field label={t("privacy")} hint={t("privacy_hint")}>{(id) => <Input.TextArea id={id} rows={4} value={note} onChange={(e) => setNote(e.target.value)} maxLength={500} />}</Field>
    </SideForm>
  );
}
