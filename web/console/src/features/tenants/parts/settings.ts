// What may be set, as the server judges it: a wrong field is told before it is sent, and the server has the last word.
import { ApiError } from "@huoqun/api";
import type { Settings } from "../queries";

export type FieldName = keyof Settings;
export const CAP_MOST = 12;
export const NAME_MOST = 60;
const CUT_MOST = 360;
const CUT_STEP = 30;

export const settingsOf = ({ name, zone, day_cut_minutes, daily_cap, daily_warn, broadcast_rule }: Settings): Settings =>
  ({ name, zone, day_cut_minutes, daily_cap, daily_warn, broadcast_rule });

/** The fields that can't be saved as they are. */
export function wrongOf(s: Settings): FieldName[] {
  const wrong: FieldName[] = [];
  if (s.name.trim() === "" || [...s.name.trim()].length > NAME_MOST) wrong.push("name");
  if (!(s.daily_cap >= 1 && s.daily_cap <= CAP_MOST)) wrong.push("daily_cap");
  if (!(s.daily_warn >= 1 && s.daily_warn <= s.daily_cap)) wrong.push("daily_warn");
  return wrong;
}

/** The field that the server refused, if it names one. */
export function refusedField(error: unknown): FieldName | null {
  return error instanceof ApiError && error.code === "tenants.setting" ? (String(error.args.field) as FieldName) : null;
}

export const clockOf = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** Half hours from midnight to six, and the one in use when it lies between. */
export function cutsWith(current: number): number[] {
  const all = Array.from({ length: CUT_MOST / CUT_STEP + 1 }, (_, i) => i * CUT_STEP);
  return all.includes(current) ? all : [...all, current].sort((a, b) => a - b);
}
