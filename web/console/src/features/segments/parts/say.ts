// A condition as a line that can be read aloud.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { useWords } from "@/shared/words";
import type { Act, Condition, How, Range, Ref, When, Window } from "../model/tree";
import { vocabulary } from "../queries";

const SHOWN = 4;

export type Say = (condition: Condition) => string;

/** Words of the server's vocabulary in the language on screen. */
export function useTermWords() {
  const { t } = useTranslation("segments");
  const words = useWords();
  const own = useQuery(vocabulary).data?.fields;
  // An own field is called what it is called now; where it isn't offered, what the wording calls it.
  const field = (ref: Ref) => own?.find((f) => f.id === ref.id)?.name ?? ref.name ?? words("segments", "fields", ref.id);
  return {
    facet: (id: string) => words("segments", "facets", id),
    act: (act: Act) => (typeof act === "string" ? words("segments", "acts", act) : words("segments", "events", act.event)),
    field,
    isOwn: (ref: Ref) => ref.name !== undefined || own?.some((f) => f.id === ref.id && f.name) === true,
    value: (id: string) => words("segments", "values", id),
    term: (id: string) => {
      const [head, rest] = [id.split(".")[0] ?? "", id.slice(id.indexOf(".") + 1)];
      if (head === "facet") return words("segments", "facets", rest);
      if (own?.some((f) => f.id === rest)) return t("term_field", { field: field({ id: rest }), asks: words("segments", "field_asks", head) });
      const act = rest.startsWith("event:") ? words("segments", "events", rest.slice(6)) : words("segments", "acts", rest);
      if (head === "did") return t("term_did", { act });
      if (head === "last_did") return t("term_last", { act });
      return words("segments", "terms", id);
    },
  };
}

export function useSay(name: (ref: Ref) => string): Say {
  const { t } = useTranslation("segments");
  const words = useTermWords();
  const { count, yuan, locale } = useFormat();

  const list = (names: string[], how: How | undefined) => {
    if (names.length === 0) return t("to_choose");
    const shown = names.length > SHOWN ? [...names.slice(0, SHOWN - 1), t("more_names", { n: count(names.length - SHOWN + 1) })] : names;
    return new Intl.ListFormat(locale, { type: how === "all" ? "conjunction" : "disjunction" }).format(shown);
  };
  const called = (ref: Ref) => ref.name ?? words.value(name(ref));
  const refs = (of: Ref[] | undefined, how?: How) => list((of ?? []).map(called), how);
  const range = (r: Range | undefined, show: (n: number) => string): string => {
    const { min, max } = r ?? {};
    if (min !== undefined && max !== undefined) return min === max ? t("range.exactly", { n: show(min) }) : t("range.between", { from: show(min), to: show(max) });
    if (min !== undefined) return t("range.at_least", { n: show(min) });
    return max !== undefined ? t("range.at_most", { n: show(max) }) : t("to_choose");
  };
  const between = ({ from, to }: { from?: string; to?: string }) =>
    from && to ? t("window.from_to", { from, to }) : from ? t("window.from", { from }) : to ? t("window.until", { to }) : t("to_choose");
  const when = (w: Window | When | undefined): string => {
    if (w === undefined || w === "ever") return t("window.ever");
    if ("last_days" in w) return t("window.last_days", { count: w.last_days });
    if ("next_days" in w) return t("window.next_days", { count: w.next_days });
    return "days_ago" in w ? t("window.days_ago", { from: count(w.days_ago.nearest), to: count(w.days_ago.farthest) }) : between(w.between);
  };
  const field = (ref: Ref) => (ref.id ? words.field(ref) : t("to_choose"));

  return (c) => {
    if ("in" in c) {
      const facet = words.facet(c.in.facet);
      return t("say.facet", { facet, what: refs(c.in.of, c.in.how) });
    }
    if ("tagged" in c) return t("say.tagged", { what: refs(c.tagged.of, c.tagged.how), window: when(c.tagged.window) });
    if ("did" in c) {
      const said = { act: words.act(c.did.act), times: t("times", { range: range(c.did.times ?? { min: 1 }, count) }), window: when(c.did.window) };
      return c.did.of?.length ? t("say.did_in", { ...said, what: refs(c.did.of) }) : t("say.did", said);
    }
    if ("last_did" in c) {
      const said = { act: words.act(c.last_did.act), ago: t("days_ago", { range: range(c.last_did.days_ago, count) }) };
      return c.last_did.of?.length ? t("say.last_in", { ...said, what: refs(c.last_did.of) }) : t("say.last", said);
    }
    if ("spent" in c) return t("say.spent", { amount: range(c.spent.amount, yuan), window: when(c.spent.window) });
    if ("consent" in c) return t("say.consent", { purpose: words.value(c.consent.purpose.id), answer: t(`answers.${c.consent.answer}`) });
    if ("rfm" in c) {
      const score = (r: Range | undefined) => (r ? range(r, count) : t("any_score"));
      return t("say.rfm", { recency: score(c.rfm.recency), frequency: score(c.rfm.frequency), money: score(c.rfm.money) });
    }
    if ("text" in c) return "one_of" in c.text.test ? t("say.one_of", { field: field(c.text.field), what: list(c.text.test.one_of.map((v) => (words.isOwn(c.text.field) ? v : words.value(v))), "any") }) : t("say.contains", { field: field(c.text.field), what: list(c.text.test.contains, "any") });
    if ("number" in c) return t("say.field", { field: field(c.number.field), what: range(c.number.range, count) });
    if ("date" in c) return t("say.field", { field: field(c.date.field), what: when(c.date.when) });
    if ("age" in c) return t(`say.age_${c.age.unit}`, { field: field(c.age.field), what: range(c.age.range, count) });
    if ("birthday" in c) return t("say.birthday", { field: field(c.birthday.field), what: when({ next_days: c.birthday.next_days }) });
    if ("yes_no" in c) return t("say.field", { field: field(c.yes_no.field), what: c.yes_no.answer ? t("yes") : t("no") });
    return t("say.known", { field: field(c.known.field) });
  };
}

