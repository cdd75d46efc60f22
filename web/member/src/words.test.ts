// The member pages' catalogues say the same things.
import { expect, it } from "vitest";
import { catalogues } from "./words";

it.each(["en", "es"] as const)("%s has the keys of zh-CN", (locale) => {
  expect(Object.keys(catalogues[locale])).toEqual(Object.keys(catalogues["zh-CN"]));
  expect(Object.values(catalogues[locale]).filter((text) => text.trim() === "")).toEqual([]);
});
