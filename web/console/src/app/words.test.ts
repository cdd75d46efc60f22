// The three catalogues say the same things, with the same holes, and no text is left empty.
import { expect, it } from "vitest";
import { words as en } from "./words/en";
import { words as es } from "./words/es";
import { words as zh } from "./words/zh-CN";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`)));
}

const plural = /_(one|many|other)$/;
const baseKeys = (tree: Tree) => [...new Set(flat(tree).map(([key]) => key.replace(plural, "")))].sort();
const holes = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort().join();

it.each([["en", en], ["es", es]] as [string, Tree][])("%s has the keys of zh-CN", (_, other) => {
  expect(baseKeys(other)).toEqual(baseKeys(zh));
});

it.each([["zh-CN", zh, ["other"]], ["en", en, ["one", "other"]], ["es", es, ["one", "many", "other"]]] as [string, Tree, string[]][])("%s has the plural forms of its language", (_, tree, forms) => {
  const keys = flat(tree).map(([key]) => key);
  const counted = new Set(keys.filter((k) => plural.test(k)).map((k) => k.replace(plural, "")));
  expect(counted.size).toBeGreaterThan(3);
  for (const key of counted) expect(keys.filter((k) => plural.test(k) && k.replace(plural, "") === key).map((k) => plural.exec(k)?.[1]).sort()).toEqual([...forms].sort());
});

it.each([["zh-CN", zh], ["en", en], ["es", es]] as [string, Tree][])("%s has no empty text", (_, tree) => {
  expect(flat(tree).filter(([, text]) => text.trim() === "")).toEqual([]);
});

it.each([["en", en], ["es", es]] as [string, Tree][])("%s fills the same holes", (_, other) => {
  const source = new Map(flat(zh).map(([key, text]) => [key.replace(plural, ""), holes(text)]));
  expect(flat(other).filter(([key, text]) => holes(text) !== source.get(key.replace(plural, "")))).toEqual([]);
});
