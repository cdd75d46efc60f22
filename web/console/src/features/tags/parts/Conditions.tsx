// What must hold besides the trigger; all of it.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Field } from "@/shared/Field";
import { TagPick } from "@/shared/TagPick";
import type { CommunityRow, TagCondition } from "@/shared/types";

const KINDS = ["has_tag", "lacks_tag", "purchases", "clicks", "in_community", "amount_at_least", "product_contains"] as const;
type Kind = (typeof KINDS)[number];

/** An empty condition of a kind. */
export function blank(is: Kind): TagCondition {
  switch (is) {
    case "has_tag":
    case "lacks_tag":
      return { is, tags: [] };
    case "purchases":
      return { is, at_least: 1, at_most: 0, days: 0 };
    case "clicks":
      return { is, at_least: 3, at_most: 0, days: 30 };
    case "in_community":
      return { is, communities: [] };
    case "amount_at_least":
      return { is, fen: 10_000 };
    case "product_contains":
      return { is, text: "" };
  }
}

type Props = { value: TagCondition[]; purchase: boolean; onChange: (conditions: TagCondition[]) => void };

export function Conditions({ value, purchase, onChange }: Props) {
  const { t } = useTranslation("tags");
  const offered = KINDS.filter((k) => purchase || (k !== "amount_at_least" && k !== "product_contains"));
  const set = (at: number, next: TagCondition) => onChange(value.map((c, n) => (n === at ? next : c)));
  return (
    <fieldset className="plain stack">
      <legend className="label">{t("conditions")}</legend>
      {value.length === 0 ? <p className="soft">{t("conditions_none")}</p> : null}
      {value.map((condition, at) => (
        <div key={`${condition.is}${at}of${value.length}`} className="rule-part">
          <div className="row row-between">
            <span>{t("condition_at", { n: at + 1, what: t(`condition.${condition.is}`) })}</span>
            <Button size="small" aria-label={t("condition_remove", { n: at + 1 })} onClick={() => onChange(value.filter((_, n) => n !== at))}>{t("remove")}</Button>
          </div>
          <Edit value={condition} onChange={(next) => set(at, next)} />
        </div>
      ))}
      {value.length < 10 ? (
        <Select<Kind | null> value={null} placeholder={t("condition_add")} aria-label={t("condition_add")} options={offered.map((k) => ({ value: k, label: t(`condition.${k}`) }))} onChange={(k) => k && onChange([...value, blank(k)])} />
      ) : null}
    </fieldset>
  );
}

function Edit({ value, onChange }: { value: TagCondition; onChange: (condition: TagCondition) => void }) {
  const { t } = useTranslation("tags");
  switch (value.is) {
    case "has_tag":
    case "lacks_tag":
      return <TagPick label={t(`condition.${value.is}`)} value={value.tags} onChange={(tags) => onChange({ ...value, tags })} />;
    case "purchases":
    case "clicks":
      return (
        <div className="rule-numbers">
          <Field label={t("at_least")}>{(id) => <InputNumber id={id} min={0} max={1000} value={value.at_least} onChange={(n) => onChange({ ...value, at_least: n ?? 0 })} />}</Field>
          <Field label={t("at_most")} hint={t("zero_open")}>{(id) => <InputNumber id={id} min={0} max={1000} value={value.at_most} onChange={(n) => onChange({ ...value, at_most: n ?? 0 })} />}</Field>
          <Field label={t("in_days")} hint={t("zero_ever")}>{(id) => <InputNumber id={id} min={0} max={730} value={value.days} onChange={(n) => onChange({ ...value, days: n ?? 0 })} />}</Field>
        </div>
      );
    case "amount_at_least":
      return <Field label={t("yuan")}>{(id) => <InputNumber id={id} min={0.01} precision={2} defaultValue={value.fen / 100} onChange={(n) => onChange({ ...value, fen: Math.round((n ?? 0) * 100) })} />}</Field>;
    case "product_contains":
      return <Input aria-label={t("condition.product_contains")} maxLength={40} value={value.text} onChange={(e) => onChange({ ...value, text: e.target.value })} />;
    case "in_community":
      return <InCommunity value={value.communities} onChange={(communities) => onChange({ ...value, communities })} />;
  }
}

function InCommunity({ value, onChange }: { value: string[]; onChange: (ids: string[]) => void }) {
  const { t } = useTranslation("tags");
  const query = useQuery({ queryKey: ["communities", "all"], queryFn: (): Promise<{ items: CommunityRow[] }> => call(api.GET("/api/v1/communities", { params: { query: { limit: 200 } } })) });
  return <Select mode="multiple" optionFilterProp="label" aria-label={t("condition.in_community")} value={value} options={(query.data?.items ?? []).map((c) => ({ value: c.id, label: c.name }))} onChange={onChange} />;
}
