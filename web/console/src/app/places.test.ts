// The menu stays readable: many pages stand under headings, few under none, and each page once.
import { expect, it } from "vitest";
import { places, subsOf } from "./places";

it.each(places)("$word has no long list without headings", (place) => {
  for (const shelf of place.shelves) expect(shelf.subs.length).toBeLessThanOrEqual(5);
  if (place.shelves.length > 1) expect(place.shelves.every((shelf) => shelf.head)).toBe(true);
});

it("shows each page once", () => {
  const all = places.flatMap((place) => subsOf(place).map((sub) => sub.to));
  expect(new Set(all).size).toBe(all.length);
});
