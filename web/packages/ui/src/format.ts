// One formatter for numbers, money, days and times. Times are shown in the tenant's zone, relative only under an hour.

const cache = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dates(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let made = cache.get(key) as Intl.DateTimeFormat | undefined;
  if (!made) cache.set(key, (made = new Intl.DateTimeFormat(locale, options)));
  return made;
}

function numbers(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${locale}${JSON.stringify(options)}`;
  let made = cache.get(key) as Intl.NumberFormat | undefined;
  if (!made) cache.set(key, (made = new Intl.NumberFormat(locale, options)));
  return made;
}

/** `1,234`. */
export const count = (n: number, locale: string): string => numbers(locale, { useGrouping: true }).format(n);

/** Money from fen: `¥1,234.50`, always two decimals. */
export function yuan(fen: number, locale: string): string {
  const text = numbers(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2, useGrouping: true }).format(Math.abs(fen) / 100);
  return `${fen < 0 ? "−" : ""}¥${text}`;
}

/** `12.3 %` from 0.123; one decimal under 10 %, none at or above when whole enough; `–` when there is no base. */
export function percent(rate: number | null | undefined, locale: string): string {
  if (rate === null || rate === undefined || !Number.isFinite(rate)) return "–";
  return numbers(locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(rate);
}

/** Reads `12`, `12.3`, `¥1,234.50`; the amount in fen, or null. */
export function parseYuan(text: string): number | null {
  const plain = text.trim().replace(/^[¥￥]/, "").replaceAll(",", "");
  if (!/^\d+(\.\d{1,2})?$/.test(plain)) return null;
  const [whole = "0", part = ""] = plain.split(".");
  return Number(whole) * 100 + Number(part.padEnd(2, "0"));
}

type Parts = { year: number; month: number; day: number; hour: number; minute: number };

function parts(at: number, zone: string): Parts {
  const all = dates("en-US", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  }).formatToParts(at);
  const of = (type: string) => Number(all.find((p) => p.type === type)?.value ?? 0);
  return { year: of("year"), month: of("month"), day: of("day"), hour: of("hour"), minute: of("minute") };
}

/** The local day of an instant as `yyyymmdd`. */
export function dayOf(at: number, zone: string): number {
  const p = parts(at, zone);
  return p.year * 10_000 + p.month * 100 + p.day;
}

/** Minutes since local midnight. */
export function minuteOf(at: number, zone: string): number {
  const p = parts(at, zone);
  return p.hour * 60 + p.minute;
}

const utcOf = (day: number) => Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100);
const dayFromUtc = (at: number) => {
  const d = new Date(at);
  return d.getUTCFullYear() * 10_000 + (d.getUTCMonth() + 1) * 100 + d.getUTCDate();
};

export const plusDays = (day: number, n: number): number => dayFromUtc(utcOf(day) + n * 86_400_000);
/** The day as a date picker wants it: `2026-08-21`. */
export const isoDay = (day: number): string =>
  `${Math.floor(day / 10_000)}-${String(Math.floor(day / 100) % 100).padStart(2, "0")}-${String(day % 100).padStart(2, "0")}`;
/** 1 = Monday … 7 = Sunday. */
export const weekday = (day: number): number => ((new Date(utcOf(day)).getUTCDay() + 6) % 7) + 1;
export const mondayOf = (day: number): number => plusDays(day, 1 - weekday(day));

/** The instant of a local day and minute. A time that a clock change skips moves forward. */
export function instantOf(day: number, minute: number, zone: string): number {
  const wanted = utcOf(day) + minute * 60_000;
  const offset = (at: number) => utcOf(dayOf(at, zone)) + minuteOf(at, zone) * 60_000 - Math.floor(at / 60_000) * 60_000;
  const first = wanted - offset(wanted);
  return wanted - offset(first);
}

/** `07:05`. */
export const clock = (at: number, zone: string): string => clockOfMinute(minuteOf(at, zone));
export const clockOfMinute = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** `8月21日`, `21 Aug`, `21 ago`. */
export const shortDay = (day: number, locale: string): string =>
  dates(locale, { timeZone: "UTC", month: "short", day: "numeric" }).format(utcOf(day));
/** `周五`, `Fri`, `vie`. */
export const weekdayName = (day: number, locale: string): string => dates(locale, { timeZone: "UTC", weekday: "short" }).format(utcOf(day));
/** Day with year: `2026年8月21日`. */
export const longDay = (day: number, locale: string): string =>
  dates(locale, { timeZone: "UTC", year: "numeric", month: "short", day: "numeric" }).format(utcOf(day));

/** Day and clock: `8月21日 07:05`; with the year when it isn't that of `now`. */
export function dayAndClock(at: number, now: number, zone: string, locale: string): string {
  const day = dayOf(at, zone);
  const sameYear = Math.floor(day / 10_000) === Math.floor(dayOf(now, zone) / 10_000);
  return `${sameYear ? shortDay(day, locale) : longDay(day, locale)} ${clock(at, zone)}`;
}

/** Relative under an hour, clock on the same day, else day and clock. */
export function when(at: number, now: number, zone: string, locale: string): string {
  const minutes = Math.round((at - now) / 60_000);
  if (Math.abs(minutes) < 60) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(minutes, "minute");
  if (dayOf(at, zone) === dayOf(now, zone)) return clock(at, zone);
  return dayAndClock(at, now, zone, locale);
}

/** Wilson interval at 90 % for `hits` of `base`; the whole range when there is no base. */
export function wilson(hits: number, base: number): [number, number] {
  if (base <= 0) return [0, 1];
  const z = 1.6449;
  const p = hits / base;
  const spread = z * Math.sqrt((p * (1 - p)) / base + (z * z) / (4 * base * base));
  const centre = p + (z * z) / (2 * base);
  const scale = 1 + (z * z) / base;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}

/** Ratios below this base are shown in grey. */
export const SMALL_BASE = 30;
