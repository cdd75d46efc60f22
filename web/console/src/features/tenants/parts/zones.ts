// Time zones by their IANA names, with what people call them.

export type Zone = { value: string; label: string; search: string };

function part(zone: string, locale: string, style: "longGeneric" | "shortOffset"): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: style }).formatToParts();
  return parts.find((p) => p.type === "timeZoneName")?.value ?? "";
}

/** All zones of the browser, and the one in use. Searched by IANA name, by the zone's name in the reader's language, and by offset. */
export function zonesIn(locale: string, current: string): Zone[] {
  const known = Intl.supportedValuesOf("timeZone");
  const names = known.includes(current) ? known : [current, ...known];
  return names.map((value) => {
    const offset = part(value, "en", "shortOffset").replace("GMT", "UTC");
    const label = `${value} (${offset})`;
    return { value, label, search: `${label} ${value.replaceAll("_", " ")} ${part(value, locale, "longGeneric")}`.toLowerCase() };
  });
}
