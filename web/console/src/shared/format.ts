// The formatters of @huoqun/ui bound to the language on screen and the tenant's zone.
import * as f from "@huoqun/ui";
import { useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useNow } from "./now";
import { SessionContext } from "./session";

export function useFormat() {
  const { i18n } = useTranslation();
  const zone = useContext(SessionContext)?.tenant.zone ?? "Asia/Shanghai";
  const now = useNow();
  const locale = i18n.language;
  return useMemo(
    () => ({
      zone, now, locale,
      count: (n: number) => f.count(n, locale),
      yuan: (fen: number) => f.yuan(fen, locale),
      percent: (rate: number | null | undefined) => f.percent(rate, locale),
      clock: (at: number) => f.clock(at, zone),
      when: (at: number) => f.when(at, now, zone, locale),
      dayAndClock: (at: number) => f.dayAndClock(at, now, zone, locale),
      day: (day: number) => f.shortDay(day, locale),
      longDay: (day: number) => f.longDay(day, locale),
      weekday: (day: number) => f.weekdayName(day, locale),
      today: f.dayOf(now, zone),
    }),
    [zone, now, locale],
  );
}
