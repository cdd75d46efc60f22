// The week on a phone: one day per screen, swiped or chosen from the strip.
import { plusDays } from "@huoqun/ui";
import { Button } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { ChipView } from "./ChipView";
import { Meters } from "./DayHead";
import type { Chip, DayLoad, Slot } from "./week";
import "./week.css";

type Props = {
  monday: number; day: number; chips: Chip[]; loads: DayLoad[];
  onDay: (day: number) => void; onOpen: (chip: Chip) => void; onAdd: (slot: Slot) => void; onCopyDay?: (day: number) => void;
};

export function DayPages({ monday, day, chips, loads, onDay, onOpen, onAdd, onCopyDay }: Props) {
  const { t } = useTranslation("playbooks");
  const format = useFormat();
  const pages = useRef<HTMLDivElement>(null);
  const days = Array.from({ length: 7 }, (_, i) => plusDays(monday, i));
  const index = Math.max(0, days.indexOf(day));

  useEffect(() => {
    const box = pages.current;
    if (box && Math.round(box.scrollLeft / Math.max(1, box.clientWidth)) !== index) box.scrollTo({ left: index * box.clientWidth });
  }, [index]);

  const settled = () => {
    const box = pages.current;
    const at = box ? days[Math.round(box.scrollLeft / Math.max(1, box.clientWidth))] : undefined;
    if (at && at !== day) onDay(at);
  };

  return (
    <div className="stack">
      <div className="day-strip">
        {days.map((d) => (
          <button key={d} type="button" aria-current={d === day ? "date" : undefined} onClick={() => onDay(d)}>
            <span>{format.weekday(d)}</span>
            <span>{d % 100}</span>
          </button>
        ))}
      </div>
      <div className="day-pages" ref={pages} onScrollEnd={settled}>
        {days.map((d) => {
          const load = loads.find((l) => l.day === d);
          const own = chips.filter((c) => c.day === d).sort((a, b) => a.minute - b.minute);
          return (
            <section key={d} className="day-page" aria-label={`${format.weekday(d)} ${format.day(d)}`}>
              {load ? <Meters load={load} /> : null}
              {own.map((chip) => (
                <ChipView key={chip.id} chip={chip} onOpen={() => onOpen(chip)} />
              ))}
              {own.length === 0 ? <p className="soft">{t("day_empty")}</p> : null}
              <div className="row">
                <Button onClick={() => onAdd({ day: d, minute: 12 * 60 })}>{t("add")}</Button>
                {onCopyDay && own.length > 0 ? <Button onClick={() => onCopyDay(d)}>{t("copy_this_day")}</Button> : null}
              </div>
            </section>
          );
        })}
      </div>
    </div>
  );
}
