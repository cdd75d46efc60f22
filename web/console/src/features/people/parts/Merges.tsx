// Joining another person into this one, what was joined before, and taking it back.
import { ApiError, api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import { SideForm } from "@/shared/SideForm";
import type { MergeRow, PersonRow } from "@/shared/types";
import { useWords } from "@/shared/words";

export function Merges({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const { modal } = App.useApp();
  const may = useMay("people:write");
  const [joining, setJoining] = useState(false);
  const query = useQuery({
    queryKey: ["person", person, "merges"],
    queryFn: (): Promise<{ items: MergeRow[] }> => call(api.GET("/api/v1/people/{id}/merges", { params: { path: { id: person } } })),
  });
  const undo = useAct((id: string) => call(api.POST("/api/v1/people/merges/{id}/undo", { params: { path: { id } } })), { renew: [["person"], ["people"]], done: t("undone"), tellErrors: true });
  const ask = (row: MergeRow) =>
    modal.confirm({ title: t("undo_title", { name: row.other_name }), content: t("undo_what"), okText: t("undo"), onOk: () => undo.mutateAsync(row.id).catch(() => {}) });
  const rows = query.data?.items ?? [];
  return (
    <div className="stack">
      <Failure error={query.error} retry={() => void query.refetch()} />
      <ul className="stack">
        {rows.map((row) => (
          <li key={row.id} className="row">
            <span className="grow">
              {words("people", "acts", row.act)}{" "}
              {row.other_id === person ? row.survivor_name : <Link to="/people/$id" params={{ id: row.other_id }}>{row.other_name || t("nameless")}</Link>}
              <span className="soft" style={{ display: "block" }}>
                {dayAndClock(row.at)} · {words("people", "matched", row.how)} · {row.by_name || t("by_rule")}
                {row.reason && row.reason !== row.how ? ` · ${row.reason}` : ""}
                {row.undone_at ? ` · ${t("undone_at", { when: dayAndClock(row.undone_at) })}` : ""}
              </span>
            </span>
            {may && row.may_undo ? <Button size="small" onClick={() => ask(row)}>{t("undo")}</Button> : null}
          </li>
        ))}
      </ul>
      {query.data && rows.length === 0 ? <p className="soft">{t("merges_none")}</p> : null}
      {may ? <Button size="small" onClick={() => setJoining(true)}>{t("merge")}</Button> : null}
      {joining ? <MergeForm person={person} onClose={() => setJoining(false)} /> : null}
    </div>
  );
}

function MergeForm({ person, onClose }: { person: string; onClose: () => void }) {
  const { t } = useTranslation("people");
  const [search, setSearch] = useState("");
  const [other, setOther] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const found = useQuery({
    queryKey: ["people", "pick", search],
    queryFn: (): Promise<{ items: PersonRow[] }> => call(api.GET("/api/v1/people", { params: { query: { limit: 20, search } } })),
    placeholderData: (before) => before,
  });
  const save = useAct((accept: boolean) => call(api.POST("/api/v1/people/{id}/merge", { params: { path: { id: person } }, body: { other: other ?? "", reason: reason.trim(), accept_not_counting: accept } })), {
    renew: [["person"], ["people"]], done: t("merged"), then: onClose,
  });
  // The result would count nowhere: that has to be said expressly.
  const warned = save.error instanceof ApiError && save.error.code === "people.would_not_count";
  return (
    <SideForm
      open title={t("merge")} submit={warned ? t("merge_anyway") : t("merge")} busy={save.isPending} error={save.error ?? found.error} blocked={!other} onSubmit={() => save.mutate(warned)} onClose={onClose}
    >
      <p className="note">{t("merge_what")}</p>
      <Field label={t("merge_whom")}>
        {(id) => (
          <Select
            id={id} showSearch filterOption={false} value={other} onSearch={setSearch} onChange={setOther} loading={found.isPending}
            options={(found.data?.items ?? []).filter((p) => p.id !== person).map((p) => ({ value: p.id, label: `${p.name || t("nameless")} · ${p.person_no}` }))}
          />
        )}
      </Field>
      <Field label={t("merge_reason")} optional>{(id) => <Input id={id} value={reason} maxLength={200} onChange={(e) => setReason(e.target.value)} />}</Field>
    </SideForm>
  );
}
