// Words of the member pages in the reader's language.
import en from "./words.en.json";
import es from "./words.es.json";
import zh from "./words.zh-CN.json";

export const catalogues = { "zh-CN": zh, en, es };
export type Word = keyof typeof zh;

const wanted = (globalThis.navigator?.language ?? "zh-CN").slice(0, 2);
export const locale: keyof typeof catalogues = wanted === "en" || wanted === "es" ? wanted : "zh-CN";

/** The text of a key with its holes filled: `t("members", { n: 3 })`. */
export function t(word: Word, holes: Record<string, string | number> = {}): string {
  return catalogues[locale][word].replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(holes[name] ?? ""));
}
