// Wordings to begin with. What a company has to choose itself (its tag for mothers) is left open in the line.
import type { Offer } from "./terms";
import { type Group, group, leaf } from "./tree";

export const templateNames = ["mothers", "silent", "once", "faithful", "back", "curious"] as const;
export type TemplateName = (typeof templateNames)[number];
export type Template = { name: TemplateName; /** Terms that must be recorded. */ needs: string[]; /** `ofBaby` are words by which a field's name says that it is about a baby. */ make: (offer: Offer, ofBaby: string[]) => Group };

/** The company's own date that is a baby's birthday: one about a child, else one that is called so. */
function babyField(offer: Offer, ofBaby: string[]) {
  const dates = offer.fields.filter((f) => f.kind === "date" && f.name);
  const called = (name: string) => ofBaby.some((word) => name.toLowerCase().includes(word));
  return dates.find((f) => f.minor) ?? dates.find((f) => called(f.name ?? ""));
}

/** The age of the baby by the company's own field; a company that keeps none marks mothers by a tag. */
function mothersLine(offer: Offer, ofBaby: string[]) {
  if (!offer.fields.some((f) => f.kind === "date" && f.name)) return leaf({ in: { facet: "tag", how: "any", of: [] } });
  const field = babyField(offer, ofBaby);
  return leaf({ age: { field: field?.name ? { id: field.id, name: field.name } : { id: "" }, range: { min: 6, max: 12 }, unit: "months" } });
}

export const templates: Template[] = [
  {
    name: "mothers", needs: ["did.bought", "facet.community_kind", "consent"],
    make: (offer, ofBaby) =>
      group("all", [
        mothersLine(offer, ofBaby),
        leaf({ did: { act: "bought", times: { min: 2 }, window: { last_days: 60 } } }),
        group("none", [leaf({ in: { facet: "community_kind", how: "any", of: [{ id: "core" }] } })]),
        leaf({ consent: { purpose: { id: "promotion" }, answer: "granted" } }),
      ]),
  },
  {
    name: "silent", needs: ["did.joined", "did.spoke"],
    make: () =>
      group("all", [
        leaf({ did: { act: "joined", times: { min: 1 }, window: { last_days: 7 } } }),
        group("none", [leaf({ did: { act: "spoke", times: { min: 1 }, window: "ever" } })]),
      ]),
  },
  {
    name: "once", needs: ["did.bought", "last_did.bought"],
    make: () => group("all", [leaf({ did: { act: "bought", times: { min: 1, max: 1 }, window: "ever" } }), leaf({ last_did: { act: "bought", days_ago: { min: 30, max: 90 } } })]),
  },
  {
    name: "faithful", needs: ["did.bought", "spent", "facet.community_kind"],
    make: () =>
      group("all", [
        leaf({ spent: { amount: { min: 50_000 }, window: { last_days: 90 } } }),
        leaf({ did: { act: "bought", times: { min: 3 }, window: { last_days: 90 } } }),
        group("none", [leaf({ in: { facet: "community_kind", how: "any", of: [{ id: "core" }] } })]),
      ]),
  },
  {
    name: "back", needs: ["did.left", "did.bought"],
    make: () =>
      group("all", [
        leaf({ did: { act: "left", times: { min: 1 }, window: { last_days: 14 } } }),
        leaf({ did: { act: "bought", times: { min: 1 }, window: { last_days: 180 } } }),
      ]),
  },
  {
    name: "curious", needs: ["did.clicked", "did.bought"],
    make: () =>
      group("all", [
        leaf({ did: { act: "clicked", times: { min: 2 }, window: { last_days: 14 } } }),
        group("none", [leaf({ did: { act: "bought", times: { min: 1 }, window: { last_days: 14 } } })]),
      ]),
  },
];

/** The template of an address; undefined when there is none of that name. */
export const templateOf = (name: string | undefined): Template | undefined => templates.find((t) => t.name === name);
