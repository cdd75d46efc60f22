// A way: from where, into which community, and everything that must hold.
import { api, call } from "@huoqun/api";
import { Input, InputNumber, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import { TagPick } from "@/shared/TagPick";
import type { LayerPath, LayerPathDraft, PathPlace } from "@/shared/types";
import { useWords } from "@/shared/words";
import { FAN, SEGMENTS, STAGES, VALUE } from "./model";

type Props = { path: LayerPath | null; places: PathPlace[]; onClose: () => void };

const fresh: LayerPathDraft = { name: "", to_community: "", from: [], fan: null, value: null, segments: [], stages: [], tags: [], active_days: 0, days_in: 0, enabled: true };

export function PathForm({ path, places, onClose }: Props) {
  const { t } = useTranslation("layers");
  const words = useWords();
  const [draft, setDraft] = useState<LayerPathDraft>(path ? draftOf(path) : fresh);
  const set = (change: Partial<LayerPathDraft>) => setDraft({ ...draft, ...change });
  const to = places.find((p) => p.id === draft.to_community);
  const named = (p: PathPlace) => ({ value: p.id, label: p.name });
  const levels = <T extends string>(ladder: string, all: readonly T[]) => all.map((value) => ({ value, label: words("layers", ladder, value) }));
  const body = { ...draft, name: draft.name.trim() };
  const save = useAct(
    () => (path ? call(api.PUT("/api/v1/layers/paths/{id}", { params: { path: { id: path.id } }, body })) : call(api.POST("/api/v1/layers/paths", { body }))),
    { renew: [["layers"]], then: onClose },
  );
  const asks = draft.fan || draft.value || [draft.segments, draft.stages, draft.tags].some((x) => (x ?? []).length > 0) || (draft.active_days ?? 0) > 0;
  return (
    <SideForm open title={path ? t("edit_named", { name: path.name }) : t("way_add")} busy={save.isPending} error={save.error} blocked={body.name === "" || !to || !asks} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={draft.name} maxLength={40} onChange={(e) => set({ name: e.target.value })} />}</Field>
      <Field label={t("into")} hint={t("into_hint")}>{(id) => <Select id={id} value={draft.to_community || null} options={places.filter((p) => p.rank > 0).map(named)} onChange={(v) => set({ to_community: v ?? "", from: [] })} />}</Field>
      <Field label={t("from")} hint={t("from_hint")} optional>
        {(id) => <Select id={id} mode="multiple" optionFilterProp="label" value={draft.from ?? []} options={places.filter((p) => to !== undefined && p.rank < to.rank).map(named)} onChange={(from) => set({ from })} />}
      </Field>
      <p className="soft">{t("asks_hint")}</p>
      <Field label={t("fan_least")} optional>{(id) => <Select id={id} allowClear value={draft.fan ?? null} options={levels("fan", FAN)} onChange={(fan) => set({ fan: fan ?? null })} />}</Field>
      <Field label={t("value_least")} optional>{(id) => <Select id={id} allowClear value={draft.value ?? null} options={levels("value", VALUE)} onChange={(value) => set({ value: value ?? null })} />}</Field>
      <Field label={t("one_of", { what: t("ladders.rfm") })} optional>{(id) => <Select id={id} mode="multiple" value={draft.segments ?? []} options={levels("rfm", SEGMENTS)} onChange={(segments) => set({ segments })} />}</Field>
      <Field label={t("one_of", { what: t("ladders.stage") })} optional>{(id) => <Select id={id} mode="multiple" value={draft.stages ?? []} options={levels("stage", STAGES)} onChange={(stages) => set({ stages })} />}</Field>
      <Field label={t("one_of", { what: t("tags") })} optional>{(id) => <TagPick id={id} value={draft.tags ?? []} onChange={(tags) => set({ tags })} />}</Field>
      <Field label={t("active_least")} optional>{(id) => <InputNumber id={id} min={0} max={28} precision={0} value={draft.active_days ?? 0} onChange={(n) => set({ active_days: n ?? 0 })} />}</Field>
      <Field label={t("days_least")} optional>{(id) => <InputNumber id={id} min={0} max={365} precision={0} value={draft.days_in ?? 0} onChange={(n) => set({ days_in: n ?? 0 })} />}</Field>
      <div className="row">
        <Switch checked={draft.enabled} onChange={(enabled) => set({ enabled })} aria-label={t("on")} /> <span>{t("way_enabled_hint")}</span>
      </div>
    </SideForm>
  );
}

/** A way as the server takes it. */
function draftOf({ name, to_community, from, fan, value, segments, stages, tags, active_days, days_in, enabled }: LayerPath): LayerPathDraft {
  return { name, to_community, from: from ?? [], fan: fan ?? null, value: value ?? null, segments: segments ?? [], stages: stages ?? [], tags: tags ?? [], active_days: active_days ?? 0, days_in: days_in ?? 0, enabled };
}
