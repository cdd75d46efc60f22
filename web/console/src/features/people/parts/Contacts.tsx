// By which accounts a person is known, how that is known, and her bonds with employees; parts that are somebody else go.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Person, Phone } from "@/shared/types";
import { useWords } from "@/shared/words";

export function Contacts({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const { modal } = App.useApp();
  const navigate = useNavigate();
  const may = useMay("people:write");
  const [picked, setPicked] = useState<string[] | null>(null);
  const phones = useQuery({
    queryKey: ["person", person.id, "phones"],
    queryFn: (): Promise<{ items: Phone[] }> => call(api.GET("/api/v1/people/{id}/phones", { params: { path: { id: person.id } } })),
  });
  const split = useAct((contacts: string[]): Promise<{ person: string }> => call(api.POST("/api/v1/people/{id}/split", { params: { path: { id: person.id } }, body: { contacts } })), {
    renew: [["person", person.id], ["people"]], done: t("split_done"),
    then: (made) => void navigate({ to: "/people/$id", params: { id: made.person } }),
  });
  const ask = (contacts: string[]) =>
    modal.confirm({ title: t("split_title"), content: t("split_what"), okText: t("split"), onOk: () => split.mutateAsync(contacts).catch(() => {}) });
  return (
    <div className="stack">
      <ul className="stack">
        {person.contacts.map((c) => (
          <li key={c.id}>
            <div className="row">
              {picked ? (
                <Checkbox checked={picked.includes(c.id)} aria-label={c.name} onChange={(e) => setPicked(e.target.checked ? [...picked, c.id] : picked.filter((id) => id !== c.id))} />
              ) : null}
              <span>{c.name || t("nameless")}</span>
              <span className="tag" title={t("matched_at", { when: dayAndClock(c.matched_at) })}>
                {words("people", "matched", c.matched_by)} <small className="faint">{t("sure", { percent: c.confidence })}</small>
              </span>
            </div>
            <ul className="stack" style={{ marginInlineStart: 12 }}>
              {person.follows.filter((f) => f.contact_id === c.id).map((f) => (
                <li key={f.staff_id} className="row">
                  <span>{f.staff_name}</span>
                  <span className="soft">{t("added", { when: dayAndClock(f.since) })}{f.remark ? ` · ${f.remark}` : ""}</span>
                  {f.deleted_at ? <StateMark state="left" word={t("lost")} /> : null}
                </li>
              ))}
            </ul>
          </li>
        ))}
        {person.contacts.length === 0 ? <li className="soft">{t("contacts_none")}</li> : null}
      </ul>
      {(phones.data?.items ?? []).map((p) => (
        <div key={p.id} className="row">
          <span>{t("phone_tail", { tail: p.tail })}</span>
          <span className="soft">{words("people", "phone_sources", p.source)} · {p.verified ? t("phone_verified") : t("phone_typed")}</span>
        </div>
      ))}
      {may && person.contacts.length > 1 ? (
        picked ? (
          <div className="row">
            <Button size="small" disabled={picked.length === 0 || picked.length === person.contacts.length} loading={split.isPending} onClick={() => ask(picked)}>{t("split")}</Button>
            <Button size="small" onClick={() => setPicked(null)}>{t("split_cancel")}</Button>
          </div>
        ) : <Button size="small" onClick={() => setPicked([])}>{t("split_start")}</Button>
      ) : null}
      <Failure error={phones.error ?? split.error} />
    </div>
  );
}
