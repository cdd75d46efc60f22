// Kinds of conditions: which the server offers, what a new one looks like, and what is still missing in one.
import type { Act, Condition, Range, Ref, Window } from "./tree";

/** What the builder needs of the vocabulary. */
export type Offer = {
  facets: { id: string; recorded: boolean }[];
  acts: { id: string; recorded: boolean }[];
  fields: { id: string; kind: string; /** What the company calls its own field; absent for those of the product. */ name?: string | null; /** About a child. */ minor?: boolean; /** The conditions that may ask it. */ asks: string[] }[];
  operators: { id: string }[];
};

export type TermKind = "belongs" | "happened" | "money" | "allowed" | "known";
/** `facet.tag`, `did.bought`, `last_did.bought`, `tagged`, `age.fld_1`… */
export type Term = { id: string; kind: TermKind; /** False: it can be asked, but nothing fills it yet. */ recorded: boolean; make: () => Condition };

const KIND_OF_OPERATOR: Record<string, TermKind> = { tagged: "belongs", spent: "money", rfm: "money", consent: "allowed" };
const FIELD_OPERATORS = ["text", "number", "date", "age", "birthday", "yes_no", "known"];

/** `event:greeted` of the vocabulary as the tree has it. */
export const actOf = (id: string): Act => (id.startsWith("event:") ? { event: id.slice(6) } : id);
export const idOfAct = (act: Act): string => (typeof act === "string" ? act : `event:${act.event}`);

const month: Window = { last_days: 30 };

/** A new condition that says as little as possible; one about a field begins with the field where it is known. */
function blank(operator: string, field = { id: "" }): Condition | null {
  switch (operator) {
    case "tagged":
      return { tagged: { how: "any", of: [], window: month } };
    case "spent":
      return { spent: { amount: {}, window: { last_days: 90 } } };
    case "consent":
      return { consent: { purpose: { id: "promotion" }, answer: "granted" } };
    case "rfm":
      return { rfm: {} };
    case "text":
      return { text: { field, test: { one_of: [] } } };
    case "number":
      return { number: { field, range: {} } };
    case "date":
      return { date: { field, when: { last_days: 30 } } };
    case "age":
      return { age: { field, range: { min: 6, max: 12 }, unit: "months" } };
    case "birthday":
      return { birthday: { field, next_days: 7 } };
    case "yes_no":
      return { yes_no: { field, answer: true } };
    case "known":
      return { known: { field } };
    default:
      return null;
  }
}

/** Every condition that can be asked, in the order in which it is offered. */
export function terms(offer: Offer): Term[] {
  const knows = new Set(offer.operators.map((o) => o.id));
  const found: Term[] = [];
  if (knows.has("in")) found.push(...offer.facets.map((f): Term => ({ id: `facet.${f.id}`, kind: "belongs", recorded: f.recorded, make: () => ({ in: { facet: f.id, how: "any", of: [] } }) })));
  for (const { id, recorded } of offer.acts) {
    if (knows.has("did")) found.push({ id: `did.${id}`, kind: "happened", recorded, make: () => ({ did: { act: actOf(id), times: { min: 1 }, window: month } }) });
    if (knows.has("last_did")) found.push({ id: `last_did.${id}`, kind: "happened", recorded, make: () => ({ last_did: { act: actOf(id), days_ago: { min: 30 } } }) });
  }
  for (const { id } of offer.operators) {
    // No field can be asked so: a company without dates of its own has no birthdays.
    if (FIELD_OPERATORS.includes(id) && !offer.fields.some((f) => f.asks.includes(id))) continue;
    const empty = blank(id);
    // Scores come with the classes made of them.
    const recorded = id !== "rfm" || (offer.facets.find((f) => f.id === "rfm_class")?.recorded ?? true);
    if (empty) found.push({ id, kind: KIND_OF_OPERATOR[id] ?? (FIELD_OPERATORS.includes(id) ? "known" : "happened"), recorded, make: () => blank(id) ?? empty });
  }
  for (const { id, name, asks } of offer.fields) {
    if (!name) continue;
    for (const operator of asks.filter((a) => knows.has(a))) {
      const first = blank(operator, { id });
      if (first) found.push({ id: `${operator}.${id}`, kind: "known", recorded: true, make: () => blank(operator, { id }) ?? first });
    }
  }
  return found;
}

/** The term that a condition is one of. */
export function termOf(condition: Condition): string {
  if ("in" in condition) return `facet.${condition.in.facet}`;
  if ("did" in condition) return `did.${idOfAct(condition.did.act)}`;
  if ("last_did" in condition) return `last_did.${idOfAct(condition.last_did.act)}`;
  const operator = Object.keys(condition)[0] ?? "";
  const inner: object = Object.values(condition)[0] ?? {};
  return "field" in inner && (inner.field as Ref).id !== "" ? `${operator}.${(inner.field as Ref).id}` : operator;
}

const open = (range: Range | undefined) => !range || (range.min === undefined && range.max === undefined);

/** True while something must still be chosen before the condition can be asked. Whether it makes sense, the server says. */
export function unfinished(c: Condition): boolean {
  if ("in" in c) return c.in.of.length === 0;
  if ("tagged" in c) return c.tagged.of.length === 0 || vague(c.tagged.window);
  if ("did" in c) return open(c.did.times ?? { min: 1 }) || vague(c.did.window);
  if ("last_did" in c) return open(c.last_did.days_ago);
  if ("spent" in c) return open(c.spent.amount) || vague(c.spent.window);
  if ("text" in c) return c.text.field.id === "" || ("one_of" in c.text.test ? c.text.test.one_of : c.text.test.contains).length === 0;
  if ("number" in c) return c.number.field.id === "" || open(c.number.range);
  if ("date" in c) return c.date.field.id === "" || ("between" in c.date.when && vague(c.date.when));
  if ("age" in c) return c.age.field.id === "" || open(c.age.range);
  if ("birthday" in c) return c.birthday.field.id === "";
  if ("yes_no" in c) return c.yes_no.field.id === "";
  if ("known" in c) return c.known.field.id === "";
  if ("rfm" in c) return open(c.rfm.recency) && open(c.rfm.frequency) && open(c.rfm.money);
  return c.consent.purpose.id === "";
}

const vague = (window: Window | undefined): boolean => typeof window === "object" && "between" in window && !window.between.from && !window.between.to;

/** Both ends as typed: an empty end is open. */
export function range(min: number | null | undefined, max: number | null | undefined): Range {
  return { ...(min === null || min === undefined ? {} : { min }), ...(max === null || max === undefined ? {} : { max }) };
}
