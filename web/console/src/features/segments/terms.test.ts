// Kinds of conditions, what is missing in one, how two wordings differ, and moves by day.
import { expect, it } from "vitest";
import { diff } from "./model/diff";
import { templates } from "./model/templates";
import { actOf, idOfAct, type Offer, range, termOf, terms, unfinished } from "./model/terms";
import { type Condition, type Line, question } from "./model/tree";
import { byDay } from "./parts/Moves";
import { indexAt } from "./parts/TextSide";

const offer: Offer = {
  facets: ["tag", "community_kind", "rfm_class"].map((id) => ({ id, recorded: id !== "rfm_class" })),
  acts: ["bought", "spoke", "joined", "left", "clicked", "event:greeted"].map((id) => ({ id, recorded: id !== "spoke" })),
  operators: ["in", "tagged", "did", "last_did", "spent", "consent", "age", "birthday", "number", "rfm"].map((id) => ({ id })),
  fields: [{ id: "first_seen", kind: "date", asks: ["date", "age", "known"] }],
};
const own = (id: string, name: string, minor = false) => ({ id, kind: "date", name, minor, asks: ["date", "age", "birthday", "known"] });

it("offers what the server can be asked, each under its own name", () => {
  const all = terms(offer);
  expect(new Set(all.map((x) => x.id)).size).toBe(all.length);
  for (const term of all) expect(termOf(term.make())).toBe(term.id);
  expect(all.filter((x) => !x.recorded).map((x) => x.id)).toEqual(["facet.rfm_class", "did.spoke", "last_did.spoke", "rfm"]);
  expect(terms({ ...offer, operators: [{ id: "consent" }] }).map((x) => x.id)).toEqual(["consent"]);
});

it("offers each field of the company's own with everything that may ask it", () => {
  const all = terms({ ...offer, fields: [...offer.fields, own("fld_1", "Since"), { id: "fld_2", kind: "number", name: "Children", asks: ["number", "known"] }] });
  const found = all.filter((x) => x.id.includes("fld_"));
  expect(terms(offer).map((x) => x.id), "nothing has a birthday yet").not.toContain("birthday");
  expect(all.map((x) => x.id)).toContain("birthday");
  expect(found.map((x) => x.id)).toEqual(["age.fld_1", "birthday.fld_1", "number.fld_2"]);
  expect(found.every((x) => x.kind === "known" && x.recorded)).toBe(true);
  for (const term of found) expect(termOf(term.make())).toBe(term.id);
  expect(found[0]?.make()).toEqual({ age: { field: { id: "fld_1" }, range: { min: 6, max: 12 }, unit: "months" } });
});

it("knows an act of the owner's own from one of the product", () => {
  expect(actOf("event:store.visit")).toEqual({ event: "store.visit" });
  expect(idOfAct(actOf("event:store.visit"))).toBe("event:store.visit");
  expect(idOfAct("bought")).toBe("bought");
});

it.each<[Condition, boolean]>([
  [{ in: { facet: "tag", of: [] } }, true],
  [{ in: { facet: "tag", of: [{ id: "t" }] } }, false],
  [{ tagged: { of: [{ id: "t" }], window: { between: {} } } }, true],
  [{ did: { act: "bought" } }, false],
  [{ did: { act: "bought", times: {}, window: "ever" } }, true],
  [{ did: { act: "bought", times: { min: 0 }, window: { between: { from: "2026-01-01" } } } }, false],
  [{ last_did: { act: "bought", days_ago: {} } }, true],
  [{ spent: { amount: { max: 0 } } }, false],
  [{ age: { field: { id: "" }, range: { min: 1 }, unit: "months" } }, true],
  [{ text: { field: { id: "f" }, test: { contains: [] } } }, true],
  [{ known: { field: { id: "f" } } }, false],
  [{ rfm: {} }, true],
  [{ rfm: { money: { min: 4 } } }, false],
  [{ consent: { purpose: { id: "promotion" }, answer: "granted" } }, false],
])("%j is unfinished: %s", (condition, is) => expect(unfinished(condition)).toBe(is));

it("keeps an open end absent instead of zero", () => {
  expect(range(null, undefined)).toEqual({});
  expect(range(0, null)).toEqual({ min: 0 });
  expect(range(2, 5)).toEqual({ min: 2, max: 5 });
});

it("makes every template of terms that it names, and leaves the mothers' tag to be chosen", () => {
  const known = new Set(terms(offer).map((x) => x.id));
  const leaves = (line: Line): Condition[] => (line.kind === "is" ? [line.condition] : line.lines.flatMap(leaves));
  for (const template of templates) {
    const used = leaves(template.make(offer, [])).map(termOf);
    for (const need of template.needs) {
      expect(known.has(need), `${template.name} needs ${need}`).toBe(true);
      expect(used, template.name).toContain(need);
    }
    expect(question(template.make(offer, []), unfinished).left.length, template.name).toBe(template.name === "mothers" ? 1 : 0);
  }
  const mothers = templates.find((x) => x.name === "mothers");
  const age = (fields: Offer["fields"]) => mothers && leaves(mothers.make({ ...offer, fields: [...offer.fields, ...fields] }, ["baby"])).find((c) => "age" in c);
  const field = (fields: Offer["fields"]) => (age(fields) as { age: { field: unknown } } | undefined)?.age.field;
  expect(field([own("a", "Her birthday"), own("b", "Baby's birthday")])).toEqual({ id: "b", name: "Baby's birthday" });
  expect(field([own("a", "Baby's birthday"), own("b", "Little one", true)]), "what is about a child by law comes first").toEqual({ id: "b", name: "Little one" });
  expect(field([own("a", "Her birthday")]), "another date isn't taken for it").toEqual({ id: "" });
  expect(age([])).toBeUndefined();
});

it("tells two wordings apart line by line", () => {
  const lines = diff("all {\n  a\n  b\n}", "all {\n  a\n  c\n  d\n}").map((l) => `${l.how} ${l.text.trim()}`);
  expect(lines).toEqual(["same all {", "same a", "out b", "in c", "in d", "same }"]);
  expect(diff("a", "a").every((l) => l.how === "same")).toBe(true);
});

it("counts moves on the days of the company's zone", () => {
  // 2026-08-20 16:30 UTC is half past midnight in Shanghai.
  const moves = [{ at: Date.UTC(2026, 7, 20, 16, 30), entered: true }, { at: Date.UTC(2026, 7, 20, 15, 0), entered: true }, { at: Date.UTC(2026, 7, 20, 14, 0), entered: false }];
  expect(byDay(moves, 2026_0821, "Asia/Shanghai", 3)).toEqual([{ day: 2026_0819, came: 0, went: 0 }, { day: 2026_0820, came: 1, went: 1 }, { day: 2026_0821, came: 1, went: 0 }]);
});

it("finds a place told in bytes in a text of letters", () => {
  const text = "tag \"宝妈😀\" x";
  expect(text.slice(indexAt(text, 5), indexAt(text, 11))).toBe("宝妈");
  expect(text.slice(indexAt(text, 15))).toBe("\" x");
  expect(indexAt(text, 999)).toBe(text.length);
});
