// The editor of one condition, by its kind.
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { Field } from "@/shared/Field";
import { idOfAct } from "../model/terms";
import type { Condition, Range, Ref } from "../model/tree";
import { vocabulary } from "../queries";
import { sourcesOf } from "./choices";
import { FieldEdit } from "./FieldEdit";
import { HowPick, PickRefs, PickWords, RangeEdit, WhenEdit } from "./Inputs";
import { useTermWords } from "./say";

export type EditProps = { value: Condition; name: (ref: Ref) => string; onChange: (condition: Condition) => void };

const WINDOWS = ["ever", "last_days", "days_ago", "between"] as const;

export function ConditionEdit({ value, name, onChange }: EditProps) {
  if ("in" in value) return <Belongs value={value} name={name} onChange={onChange} />;
  if ("tagged" in value) return <Tagged value={value} name={name} onChange={onChange} />;
  if ("did" in value || "last_did" in value) return <Happened value={value} name={name} onChange={onChange} />;
  if ("spent" in value) return <Spent value={value} onChange={onChange} />;
  if ("consent" in value) return <Consent value={value} onChange={onChange} />;
  if ("rfm" in value) return <Scores value={value} onChange={onChange} />;
  return <FieldEdit value={value} onChange={onChange} />;
}

type Of<K extends string> = { value: Extract<Condition, Record<K, unknown>>; name: (ref: Ref) => string; onChange: (condition: Condition) => void };

function Belongs({ value, name, onChange }: Of<"in">) {
  const { t } = useTranslation("segments");
  const words = useTermWords();
  const offer = useQuery(vocabulary).data;
  const { facet, how, of } = value.in;
  const sources = sourcesOf(value, offer);
  const values = offer?.facets.find((f) => f.id === facet)?.values ?? [];
  const set = (refs: Ref[]) => onChange({ in: { ...value.in, of: refs } });
  const label = words.facet(facet);
  return (
    <div className="seg-edit">
      {sources.length > 0 ? <PickRefs label={label} sources={sources} value={of} name={name} onChange={set} /> : (
        <PickWords
          label={label} value={of.map((r) => r.id)} onChange={(ids) => set(ids.map((id) => ({ id })))}
          {...(values.length > 0 ? { offered: values.map((v) => ({ value: v, label: words.value(v) })) } : { hint: t("type_values") })}
        />
      )}
      <HowPick value={how} many={of.length > 1} onChange={(next) => onChange({ in: { ...value.in, how: next } })} />
    </div>
  );
}

function Tagged({ value, name, onChange }: Of<"tagged">) {
  const words = useTermWords();
  const { how, of, window } = value.tagged;
  return (
    <div className="seg-edit">
      <PickRefs label={words.facet("tag")} sources={["/api/v1/tags"]} value={of} name={name} onChange={(refs) => onChange({ tagged: { ...value.tagged, of: refs } })} />
      <HowPick value={how} many={of.length > 1} onChange={(next) => onChange({ tagged: { ...value.tagged, how: next } })} />
      <WhenEdit value={window} kinds={WINDOWS} onChange={(next) => onChange({ tagged: { ...value.tagged, window: next } })} />
    </div>
  );
}

function Happened({ value, name, onChange }: Omit<EditProps, "value"> & { value: Of<"did">["value"] | Of<"last_did">["value"] }) {
  const { t } = useTranslation("segments");
  const words = useTermWords();
  const offer = useQuery(vocabulary).data;
  const sources = sourcesOf(value, offer);
  const act = "did" in value ? value.did.act : value.last_did.act;
  const kinds = (offer?.acts.find((a) => a.id === idOfAct(act))?.values ?? []).map((v) => ({ value: v, label: words.value(v) }));
  const of = ("did" in value ? value.did.of : value.last_did.of) ?? [];
  const setOf = (refs: Ref[]) => onChange("did" in value ? { did: { ...value.did, of: refs } } : { last_did: { ...value.last_did, of: refs } });
  return (
    <div className="seg-edit">
      {"did" in value ? (
        <>
          <RangeEdit label={t("how_often")} value={value.did.times ?? { min: 1 }} onChange={(times) => onChange({ did: { ...value.did, times } })} />
          <WhenEdit value={value.did.window ?? "ever"} kinds={WINDOWS} onChange={(window) => onChange({ did: { ...value.did, window } })} />
        </>
      ) : <RangeEdit label={t("how_long_ago")} value={value.last_did.days_ago} onChange={(days) => onChange({ last_did: { ...value.last_did, days_ago: days } })} />}
      {sources.length > 0 || of.length > 0 ? <PickRefs label={t("subjects", { act: words.act(act) })} hint={t("subjects_hint")} sources={sources} words={kinds} value={of} name={(ref) => ref.name ?? words.value(name(ref))} onChange={setOf} /> : null}
    </div>
  );
}

function Spent({ value, onChange }: Omit<Of<"spent">, "name">) {
  const { t } = useTranslation("segments");
  const { amount, window } = value.spent;
  return (
    <div className="seg-edit">
      <RangeEdit label={t("amount")} money value={amount} onChange={(next) => onChange({ spent: { ...value.spent, amount: next } })} />
      <WhenEdit value={window ?? "ever"} kinds={WINDOWS} onChange={(next) => onChange({ spent: { ...value.spent, window: next } })} />
      <p className="field-hint">{t("amount_hint")}</p>
    </div>
  );
}

function Consent({ value, onChange }: Omit<Of<"consent">, "name">) {
  const { t } = useTranslation("segments");
  const words = useTermWords();
  const offer = useQuery(vocabulary).data;
  const { purpose, answer } = value.consent;
  return (
    <div className="seg-edit">
      <Field label={t("purpose_of")}>
        {(id) => <Select id={id} value={purpose.id} options={(offer?.consent_purposes ?? [purpose.id]).map((p) => ({ value: p, label: words.value(p) }))} onChange={(p) => onChange({ consent: { ...value.consent, purpose: { id: p } } })} />}
      </Field>
      <Field label={t("answer")}>
        {(id) => <Select<typeof answer> id={id} value={answer} options={(["granted", "withdrawn", "unasked"] as const).map((a) => ({ value: a, label: t(`answers.${a}`) }))} onChange={(a) => onChange({ consent: { ...value.consent, answer: a } })} />}
      </Field>
    </div>
  );
}

function Scores({ value, onChange }: Omit<Of<"rfm">, "name">) {
  const { t } = useTranslation("segments");
  const part = (key: "recency" | "frequency" | "money", next: Range) => {
    const others = Object.entries(value.rfm).filter(([other]) => other !== key);
    onChange({ rfm: Object.fromEntries(next.min === undefined && next.max === undefined ? others : [...others, [key, next]]) });
  };
  return (
    <div className="seg-edit">
      {(["recency", "frequency", "money"] as const).map((key) => <RangeEdit key={key} label={t(`rfm.${key}`)} least={1} most={5} value={value.rfm[key] ?? {}} onChange={(next) => part(key, next)} />)}
      <p className="field-hint">{t("rfm_hint")}</p>
    </div>
  );
}

