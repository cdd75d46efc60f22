// Small editors that conditions are made of: ranges, windows, lists of values.
import { Input, InputNumber, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Field } from "@/shared/Field";
import { range } from "../model/terms";
import type { How, Range, Ref, When, Window } from "../model/tree";
import { useSettled } from "../queries";
import { type Choice, useChoices } from "./choices";

type RangeProps = { label: string; value: Range; money?: boolean; least?: number; most?: number; onChange: (range: Range) => void };

/** At least and at most; an empty end is open. Money is typed in yuan and kept in fen. */
export function RangeEdit({ label, value, money, least = 0, most, onChange }: RangeProps) {
  const { t } = useTranslation("segments");
  const shown = (n: number | undefined) => (n === undefined ? null : money ? n / 100 : n);
  const kept = (n: number | null) => (n === null ? null : money ? Math.round(n * 100) : Math.round(n));
  const limits = { min: least, ...(most === undefined ? {} : { max: most }), ...(money ? { precision: 2, prefix: "¥" } : {}) };
  return (
    <fieldset className="plain seg-pair">
      <legend className="label">{label}</legend>
      <Field label={t("at_least")}>{(id) => <InputNumber id={id} {...limits} value={shown(value.min)} placeholder={t("open_end")} onChange={(n) => onChange(range(kept(n), value.max))} />}</Field>
      <Field label={t("at_most")}>{(id) => <InputNumber id={id} {...limits} value={shown(value.max)} placeholder={t("open_end")} onChange={(n) => onChange(range(value.min, kept(n)))} />}</Field>
    </fieldset>
  );
}

const CENTURY = 36_525;
type Kind = "ever" | "last_days" | "next_days" | "days_ago" | "between";
const kindOf = (w: Window | When): Kind => (w === "ever" ? w : (Object.keys(w)[0] as Kind));
const first = { ever: "ever", last_days: { last_days: 30 }, next_days: { next_days: 30 }, days_ago: { days_ago: { nearest: 30, farthest: 90 } }, between: { between: {} } } as const;

type WhenProps<T> = { value: T; kinds: readonly Kind[]; onChange: (value: T) => void };

/** When it must have happened, or where a date must lie. */
export function WhenEdit<T extends Window | When>({ value, kinds, onChange }: WhenProps<T>) {
  const { t } = useTranslation("segments");
  const tell = (next: Window | When) => onChange(next as T);
  const w: Window | When = value;
  const days = (label: string, n: number, set: (n: number) => void, least = 1) => (
    <Field label={label}>{(id) => <InputNumber id={id} min={least} max={CENTURY} precision={0} value={n} onChange={(x) => set(x ?? least)} />}</Field>
  );
  return (
    <fieldset className="plain seg-pair">
      <legend className="label">{t("when")}</legend>
      <Field label={t("when_kind")}>
        {(id) => <Select<Kind> id={id} value={kindOf(w)} options={kinds.map((k) => ({ value: k, label: t(`when_kinds.${k}`) }))} onChange={(k) => tell(first[k])} />}
      </Field>
      {typeof w === "object" && "last_days" in w ? days(t("days"), w.last_days, (n) => tell({ last_days: n })) : null}
      {typeof w === "object" && "next_days" in w ? days(t("days"), w.next_days, (n) => tell({ next_days: n })) : null}
      {typeof w === "object" && "days_ago" in w ? (
        <>
          {days(t("nearest"), w.days_ago.nearest, (nearest) => tell({ days_ago: { ...w.days_ago, nearest } }), 0)}
          {days(t("farthest"), w.days_ago.farthest, (farthest) => tell({ days_ago: { ...w.days_ago, farthest } }), 0)}
        </>
      ) : null}
      {typeof w === "object" && "between" in w
        ? (["from", "to"] as const).map((end) => (
          <Field key={end} label={t(end === "from" ? "day_from" : "day_to")}>
            {(id) => (
              <Input
                id={id} type="date" value={w.between[end] ?? ""}
                onChange={(e) => {
                  const rest = Object.fromEntries(Object.entries(w.between).filter(([other]) => other !== end));
                  tell({ between: e.target.value ? { ...rest, [end]: e.target.value } : rest });
                }}
              />
            )}
          </Field>
        ))
        : null}
    </fieldset>
  );
}

type PickProps = { label: string; hint?: string; sources: readonly string[]; /** Words of the product that can be chosen besides. */ words?: Choice[]; value: Ref[]; name: (ref: Ref) => string; onChange: (refs: Ref[]) => void };

/** Things of the company, searched by name or pinyin where they are kept. The name is kept beside the id. */
export function PickRefs({ label, hint, sources, words = [], value, name, onChange }: PickProps) {
  const { t } = useTranslation(["segments", "common"]);
  const [typed, setTyped] = useState("");
  const search = useSettled(typed.trim(), 200);
  const { choices: found, pending } = useChoices(sources, search);
  const choices: Choice[] = [...words.filter((w) => w.label.includes(search)), ...found];
  const here = new Set(choices.map((c) => c.value));
  const options: Choice[] = [...choices, ...value.filter((r) => !here.has(r.id)).map((r) => ({ value: r.id, label: name(r) }))];
  const refOf = (id: string): Ref => {
    if (words.some((w) => w.value === id)) return { id };
    const label = found.find((c) => c.value === id)?.label;
    return label ? { id, name: label } : (value.find((r) => r.id === id) ?? { id });
  };
  return (
    <Field label={label} hint={hint}>
      {(id) => (
        <Select<string[], Choice>
          id={id} mode="multiple" style={{ width: "100%" }} loading={pending} placeholder={t("segments:pick_hint")} value={value.map((r) => r.id)} options={options}
          showSearch filterOption={false} searchValue={typed} onSearch={setTyped} onBlur={() => setTyped("")} notFoundContent={pending ? t("common:loading") : t("segments:pick_none")}
          optionRender={({ data }) => <span>{data.label}{data.note ? <small className="soft"> {data.note}</small> : null}</span>}
          onChange={(ids) => onChange(ids.map(refOf))}
        />
      )}
    </Field>
  );
}

type WordsProps = { label: string; hint?: string; value: string[]; offered?: Choice[]; onChange: (values: string[]) => void };

/** Words: of the product where it knows all of them, else as typed. */
export function PickWords({ label, hint, value, offered, onChange }: WordsProps) {
  return (
    <Field label={label} hint={hint}>
      {(id) => (
        <Select<string[]>
          id={id} mode={offered ? "multiple" : "tags"} {...(offered ? { options: offered } : { open: false, suffixIcon: null, tokenSeparators: [",", "，", "、", "\n"] })}
          optionFilterProp="label" style={{ width: "100%" }} value={value} onChange={onChange}
        />
      )}
    </Field>
  );
}

type HowProps = { value: How | undefined; many: boolean; onChange: (how: How) => void };

/** One of them or all of them, asked only where there are several. */
export function HowPick({ value, many, onChange }: HowProps) {
  const { t } = useTranslation("segments");
  if (!many) return null;
  return (
    <Field label={t("how")}>
      {(id) => <Select<How> id={id} value={value ?? "any"} options={(["any", "all"] as const).map((h) => ({ value: h, label: t(`hows.${h}`) }))} onChange={onChange} />}
    </Field>
  );
}
