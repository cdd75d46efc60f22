// Words for values that come from the server: a catalogue entry where there is one, the value itself where not.
import { useTranslation } from "react-i18next";

/** Looks up `group.value` in the catalogue, e.g. `useWords()("common", "state", "missed")`. */
export function useWords(): (space: string, group: string, value: string) => string {
  const { i18n } = useTranslation();
  return (space, group, value) => {
    const key = `${space}:${group}.${value}`;
    return i18n.exists(key) ? String(i18n.t(key as never)) : value;
  };
}
