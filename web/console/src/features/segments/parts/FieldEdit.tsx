// Editors of conditions about fields, the product's and the company's own. Which there are, the vocabulary says.
import { useQuery } from "@tanstack/react-query";
import { InputNumber, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Field } from "@/shared/Field";
import type { SegmentVocabulary } from "@/shared/types";
import type { Condition, Ref } from "../model/tree";
import { vocabulary } from "../queries";
import { PickWords, RangeEdit, WhenEdit } from "./Inputs";
import { useTermWords } from "./say";

type About = Exclude<Condition, Record<"in", unknown> | Record<"tagged", unknown> | Record<"did", unknown> | Record<"last_did", unknown> | Record<"spent", unknown> | Record<"rfm", unknown> | Record<"consent", unknown>>;
type Props = { value: About; onChange: (condition: Condition) => void };

export function FieldEdit({ value, onChange }: Props) {
  const { t } = useTranslation("segments");
  const words = useTermWords();
  const offer = useQuery(vocabulary).data;
  const operator = Object.keys(value)[0] ?? "";
  const inner = Object.values(value)[0] as { field: Ref };
  const fields = (offer?.fields ?? []).filter((f) => f.asks.includes(operator));
  const options = fields.map((f) => ({ value: f.id, label: words.field({ id: f.id }) }));
  const known = options.some((o) => o.value === inner.field.id) || inner.field.id === "";
  const setField = (id: string) => {
    const name = fields.find((f) => f.id === id)?.name;
    onChange({ [operator]: { ...inner, field: name ? { id, name } : { id } } } as Condition);
  };
  return (
    <div className="seg-edit">
      <Field label={t("field")}>
        {(id) => <Select id={id} showSearch optionFilterProp="label" value={inner.field.id || null} placeholder={t("to_choose")} options={known ? options : [...options, { value: inner.field.id, label: words.field(inner.field) }]} onChange={(v) => v && setField(v)} />}
      </Field>
      <Rest value={value} field={fields.find((f) => f.id === inner.field.id)} onChange={onChange} />
    </div>
  );
}

function Rest({ value, field, onChange }: Props & { field: SegmentVocabulary["fields"][number] | undefined }) {
  const { t } = useTranslation("segments");
  const words = useTermWords();
  if ("number" in value) return <RangeEdit label={t("value")} least={-1_000_000_000} value={value.number.range} onChange={(range) => onChange({ number: { ...value.number, range } })} />;
  if ("date" in value) return <WhenEdit value={value.date.when} kinds={["last_days", "next_days", "between"]} onChange={(when) => onChange({ date: { ...value.date, when } })} />;
  if ("birthday" in value) {
    return <Field label={t("within_days")}>{(id) => <InputNumber id={id} min={1} max={366} value={value.birthday.next_days} onChange={(n) => onChange({ birthday: { ...value.birthday, next_days: n ?? 1 } })} />}</Field>;
  }
  if ("yes_no" in value) {
    return (
      <Radio.Group aria-label={t("answer")} value={value.yes_no.answer} onChange={(e) => onChange({ yes_no: { ...value.yes_no, answer: e.target.value === true } })}>
        <Radio value>{t("yes")}</Radio>
        <Radio value={false}>{t("no")}</Radio>
      </Radio.Group>
    );
  }
  if ("age" in value) {
    return (
      <>
        <RangeEdit label={t("age")} value={value.age.range} onChange={(range) => onChange({ age: { ...value.age, range } })} />
        <Field label={t("unit")}>
          {(id) => <Select<typeof value.age.unit> id={id} value={value.age.unit} options={(["days", "months", "years"] as const).map((u) => ({ value: u, label: t(`units.${u}`) }))} onChange={(unit) => onChange({ age: { ...value.age, unit } })} />}
        </Field>
      </>
    );
  }
  if ("text" in value) {
    const { test } = value.text;
    const [exact, values] = "one_of" in test ? [true, test.one_of] : [false, test.contains];
    const set = (is: boolean, words: string[]) => onChange({ text: { ...value.text, test: is ? { one_of: words } : { contains: words } } });
    return (
      <>
        <Radio.Group aria-label={t("test")} value={exact} onChange={(e) => set(e.target.value === true, values)}>
          <Radio value>{t("test_is")}</Radio>
          <Radio value={false}>{t("test_contains")}</Radio>
        </Radio.Group>
        <PickWords
          label={t("value")} value={values} onChange={(texts) => set(exact, texts)}
          {...(exact && field && field.values.length > 0 ? { offered: field.values.map((v) => ({ value: v, label: field.name ? v : words.value(v) })) } : { hint: t("type_values") })}
        />
      </>
    );
  }
  return null;
}
