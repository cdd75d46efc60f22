// Starting a hand-over: giver, taker, what passes, and what the platform will refuse, before anything is asked.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Input, Select, Tabs } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import type { Giver, HandoverCandidate, HandoverPlan, HandoverPreview } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";

type Chosen = { contacts: Set<string> | null; groups: Set<string> | null };

export function NewHandover({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const { t } = useTranslation("handover");
  const { count } = useFormat();
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const [note, setNote] = useState("");
  // Nothing chosen means everything that can pass.
  const [chosen, setChosen] = useState<Chosen>({ contacts: null, groups: null });
  const staff = useQuery({ queryKey: ["handover", "staff"], queryFn: (): Promise<{ items: Giver[] }> => call(api.GET("/api/v1/handover/staff", { params: { query: { limit: 200 } } })) });
  const preview = useQuery({
    queryKey: ["handover", "preview", from, to], enabled: from !== null && to !== null && from !== to,
    queryFn: (): Promise<HandoverPreview> => call(api.POST("/api/v1/handover/preview", { body: { from: from ?? "", to: to ?? "", note: "" } })),
  });
  const pick = (set: Set<string> | null) => (set ? { picked: [...set] } : {});
  const save = useAct(
    (): Promise<HandoverPlan> => {
      const contacts = pick(chosen.contacts).picked;
      const groups = pick(chosen.groups).picked;
      return call(api.POST("/api/v1/handover/plans", { body: { from: from ?? "", to: to ?? "", note: note.trim(), ...(contacts ? { contacts } : {}), ...(groups ? { groups } : {}) } }));
    },
    { renew: [["handover"]], then: (plan) => onMade(plan.id) },
  );
  const all = staff.data?.items ?? [];
  const label = (s: Giver) => `${s.name}${s.active ? "" : ` (${t("left")})`} · ${t("has", { contacts: count(s.contacts), groups: count(s.groups) })}`;
  const resigned = preview.data?.giver === "resigned";
  const good = (rows: HandoverCandidate[], set: Set<string> | null) => rows.filter((r) => r.reason === "" && (set === null || set.has(r.id))).length;
  const contacts = preview.data?.contacts ?? [];
  const groups = preview.data?.groups ?? [];
  const passing = good(contacts, chosen.contacts) + good(groups, chosen.groups);
  return (
    <SideForm
      open wide title={t("start")} submit={t("submit", { n: count(passing) })} busy={save.isPending} error={save.error ?? staff.error} blocked={passing === 0} onSubmit={() => save.mutate()} onClose={onClose}
    >
      <Field label={t("from")} hint={t("from_hint")}>
        {(id) => (
          <Select
            id={id} showSearch optionFilterProp="label" value={from} loading={staff.isPending}
            onChange={(v: string) => { setFrom(v); setChosen({ contacts: null, groups: null }); }}
            options={all.filter((s) => s.contacts + s.groups > 0).map((s) => ({ value: s.id, label: label(s) }))}
          />
        )}
      </Field>
      <Field label={t("to")}>
        {(id) => <Select id={id} showSearch optionFilterProp="label" value={to} onChange={setTo} options={all.filter((s) => s.active && s.serving && s.id !== from).map((s) => ({ value: s.id, label: label(s) }))} />}
      </Field>
      <Failure error={preview.error} retry={() => void preview.refetch()} />
      {preview.isFetching && !preview.data ? <Waiting rows={6} /> : null}
      {preview.data ? (
        <>
          <p className="note">{resigned ? t("rules_resigned") : t("rules_on_job")}</p>
          <Tabs
            items={[
              { key: "contacts", label: t("contacts_n", { n: count(contacts.length) }), children: <Choice rows={contacts} chosen={chosen.contacts} onChange={(set) => setChosen({ ...chosen, contacts: set })} /> },
              { key: "groups", label: t("groups_n", { n: count(groups.length) }), children: <Choice rows={groups} chosen={chosen.groups} onChange={(set) => setChosen({ ...chosen, groups: set })} /> },
            ]}
          />
          {resigned ? null : <Field label={t("note")} hint={t("note_hint")} optional>{(id) => <Input.TextArea id={id} rows={2} maxLength={200} value={note} onChange={(e) => setNote(e.target.value)} />}</Field>}
        </>
      ) : null}
    </SideForm>
  );
}

/** A list one takes all of, or some. What can't pass says why and isn't taken. */
function Choice({ rows, chosen, onChange }: { rows: HandoverCandidate[]; chosen: Set<string> | null; onChange: (set: Set<string> | null) => void }) {
  const { t } = useTranslation("handover");
  const [search, setSearch] = useState("");
  const able = rows.filter((r) => r.reason === "");
  const has = (id: string) => chosen === null || chosen.has(id);
  const taken = able.filter((r) => has(r.id)).length;
  const flip = (id: string) => {
    const next = new Set(chosen ?? able.map((r) => r.id));
    if (!next.delete(id)) next.add(id);
    onChange(next.size === able.length ? null : next);
  };
  const shown = rows.filter((r) => r.name.toLowerCase().includes(search.trim().toLowerCase())).slice(0, 200);
  if (rows.length === 0) return <p className="soft">{t("nothing_here")}</p>;
  return (
    <div className="stack">
      <div className="row">
        <Checkbox checked={taken === able.length && able.length > 0} indeterminate={taken > 0 && taken < able.length} disabled={able.length === 0} onChange={(e) => onChange(e.target.checked ? null : new Set())}>{t("all")}</Checkbox>
        <Input allowClear style={{ maxWidth: 240 }} value={search} placeholder={t("search")} aria-label={t("search")} onChange={(e) => setSearch(e.target.value)} />
      </div>
      <ul className="stack" style={{ maxHeight: 320, overflow: "auto" }} tabIndex={0} aria-label={t("candidates")}>
        {shown.map((r) => (
          <li key={r.id}>
            <Checkbox checked={r.reason === "" && has(r.id)} disabled={r.reason !== ""} onChange={() => flip(r.id)}>{r.name || r.id}</Checkbox>
            {r.reason ? <span className="soft" style={{ display: "block", marginInlineStart: 24 }}>{r.message} {r.cure}</span> : null}
          </li>
        ))}
      </ul>
    </div>
  );
}
