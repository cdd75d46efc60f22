// Day and time with the device's own pickers.
import { clockOfMinute, isoDay } from "@huoqun/ui";
import { Input } from "antd";
import { useTranslation } from "react-i18next";
import { Field } from "@/shared/Field";
import type { Slot } from "./week";

export function SlotFields({ slot, onChange }: { slot: Slot; onChange: (slot: Slot) => void }) {
  const { t } = useTranslation("playbooks");
  return (
    <div className="columns">
      <Field label={t("field.day")}>
        {(id) => <Input id={id} type="date" required value={isoDay(slot.day)} onChange={(e) => e.target.value && onChange({ ...slot, day: Number(e.target.value.replaceAll("-", "")) })} />}
      </Field>
      <Field label={t("field.time")}>
        {(id) => (
          <Input
            id={id} type="time" step={300} required value={clockOfMinute(slot.minute)}
            onChange={(e) => {
              const [h, m] = e.target.value.split(":").map(Number);
              if (h !== undefined && m !== undefined) onChange({ ...slot, minute: h * 60 + m });
            }}
          />
        )}
      </Field>
    </div>
  );
}
