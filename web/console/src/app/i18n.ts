// Languages: zh-CN is the source, en and es complete. One language is loaded at a time; the choice stays in the browser.
import { api, call, hooks } from "@huoqun/api";
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const locales = ["zh-CN", "en", "es"] as const;
export type Locale = (typeof locales)[number];

const loaders = { "zh-CN": () => import("./words/zh-CN"), en: () => import("./words/en"), es: () => import("./words/es") };
const STORED = "huoqun.locale";

const known = (text: string | null | undefined): Locale | undefined =>
  locales.find((l) => text !== null && text !== undefined && (text === l || text.split("-")[0] === l.split("-")[0]));

function guess(): Locale {
  const asked = known(new URLSearchParams(location.search).get("lang"));
  if (asked) localStorage.setItem(STORED, asked);
  return asked ?? known(localStorage.getItem(STORED)) ?? known(navigator.language) ?? "zh-CN";
}

async function load(locale: Locale): Promise<void> {
  if (i18next.hasResourceBundle(locale, "common")) return;
  const { words } = await loaders[locale]();
  for (const [space, entries] of Object.entries(words)) i18next.addResourceBundle(locale, space, entries);
}

function settle(locale: Locale): void {
  hooks.locale = locale;
  document.documentElement.lang = locale;
}

/** Loads the first language before anything is drawn. */
export async function startWords(): Promise<void> {
  const locale = guess();
  await i18next.use(initReactI18next).init({
    lng: locale, resources: {}, defaultNS: "common", fallbackLng: false, interpolation: { escapeValue: false }, returnNull: false,
  });
  await load(locale);
  settle(locale);
}

/** Changes the language and remembers it. */
export async function speak(locale: string): Promise<void> {
  const to = known(locale) ?? "zh-CN";
  await load(to);
  localStorage.setItem(STORED, to);
  settle(to);
  await i18next.changeLanguage(to);
}

/**
 * Makes browser and account speak the same language. A choice made in this browser wins: then it is kept with the
 * account too, because the server words its refusals in the account's language. Else the account's language is spoken.
 * Answers true when the account changed.
 */
export async function agree(locale: string): Promise<boolean> {
  if (known(locale) === i18next.language) return false;
  if (localStorage.getItem(STORED)) {
    await call(api.PATCH("/api/v1/session", { body: { locale: i18next.language } }));
    return true;
  }
  await speak(locale);
  localStorage.removeItem(STORED);
  return false;
}
