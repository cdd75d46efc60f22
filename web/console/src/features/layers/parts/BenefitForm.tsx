// A promise: to which level, how often, what one costs, and what all of a period may cost.
import { api, call } from "@huoqun/api";
import { parseYuan } from "@huoqun/ui";
import { Input, Select, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { Benefit } from "@/shared/types";
import { useWords } from "@/shared/words";
import { LADDERS, type LadderWord, LEVELS, PERIODS } from "./model";

export function BenefitForm({ benefit, onClose }: { benefit: Benefit | null; onClose: () => void }) {
  const { t } = useTranslation("layers");
  const words = useWords();
  const [name, setName] = useState(benefit?.name ?? "");
  const [promise, setPromise] = useState(benefit?.promise ?? "");
  const [ladder, setLadder] = useState<LadderWord>((benefit?.ladder as LadderWord | undefined) ?? "stage");
  const [level, setLevel] = useState(benefit?.level ?? "buyer");
  const [period, setPeriod] = useState((benefit?.period as (typeof PERIODS)[number] | undefined) ?? "month");
  const [value, setValue] = useState(benefit ? String(benefit.value_fen / 100) : "");
  const [ceiling, setCeiling] = useState(benefit ? String(benefit.ceiling_fen / 100) : "");
  const [enabled, setEnabled] = useState(benefit?.enabled ?? true);
  const [valueFen, ceilingFen] = [parseYuan(value), parseYuan(ceiling)];
  const low = valueFen !== null && ceilingFen !== null && ceilingFen < valueFen;
  const body = { name: name.trim(), promise: promise.trim(), ladder, level, period, value_fen: valueFen ?? 0, ceiling_fen: ceilingFen ?? 0, enabled };
  const save = useAct(
    () => (benefit ? call(api.PUT("/api/v1/layers/benefits/{id}", { params: { path: { id: benefit.id } }, body })) : call(api.POST("/api/v1/layers/benefits", { body }))),
    { renew: [["layers", "benefits"]], then: onClose },
  );
  const blocked = name.trim() === "" || promise.trim() === "" || !valueFen || !ceilingFen || low;
  return (
    <SideForm open title={benefit ? t("edit_named", { name: benefit.name }) : t("benefit_add")} busy={save.isPending} error={save.error} blocked={blocked} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={name} maxLength={40} onChange={(e) => setName(e.target.value)} />}</Field>
      <Field label={t("promise")} hint={t("promise_hint")}>{(id) => <Input.TextArea id={id} value={promise} maxLength={200} autoSize={{ minRows: 2 }} onChange={(e) => setPromise(e.target.value)} />}</Field>
      <Field label={t("ladder")}>
        {(id) => (
          <Select<LadderWord>
            id={id} value={ladder} options={LADDERS.map((l) => ({ value: l, label: t(`ladders.${l}`) }))}
            onChange={(next) => {
              setLadder(next);
              setLevel(LEVELS[next][0] ?? "");
            }}
          />
        )}
      </Field>
      <Field label={t("for_level")}>{(id) => <Select id={id} value={level} options={LEVELS[ladder].map((l) => ({ value: l, label: words("layers", ladder, l) }))} onChange={setLevel} />}</Field>
      <Field label={t("period_each")}>{(id) => <Select id={id} value={period} options={PERIODS.map((p) => ({ value: p, label: t(`periods.${p}`) }))} onChange={setPeriod} />}</Field>
      <Field label={t("value_each")}>{(id) => <Input id={id} inputMode="decimal" prefix="¥" value={value} onChange={(e) => setValue(e.target.value)} />}</Field>
      <Field label={t("ceiling")} hint={t("ceiling_hint")} error={low ? t("ceiling_low") : null}>{(id) => <Input id={id} inputMode="decimal" prefix="¥" value={ceiling} onChange={(e) => setCeiling(e.target.value)} />}</Field>
      <div className="row">
        <Switch checked={enabled} onChange={setEnabled} aria-label={t("on")} /> <span>{t("enabled_hint")}</span>
      </div>
    </SideForm>
  );
}
