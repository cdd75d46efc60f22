// Seven days by time. Chips are dragged with the pointer, or lifted with M and moved with the arrow keys.
import { clockOfMinute, instantOf, plusDays } from "@huoqun/ui";
import { Button } from "antd";
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { ChipView } from "./ChipView";
import { DayHead } from "./DayHead";
import { RefusedDrop } from "./RefusedDrop";
import { useMove } from "./useMove";
import { type Band, type Chip, type DayLoad, HOUR_PX, hoursOf, place, type Slot, slotAt, slotByKey, type Verdict } from "./week";
import "./week.css";

export type WeekGridProps = {
  monday: number; chips: Chip[]; ghosts: Chip[]; bands: Band[]; loads: DayLoad[];
  check: (chip: Chip, slot: Slot) => Promise<Verdict>;
  move: (chip: Chip, slot: Slot) => Promise<Verdict>;
  onOpen: (chip: Chip) => void;
  onAdd: (slot: Slot) => void;
  onCopyDay?: (day: number) => void;
};

const CHIP_PX = 42;

export function WeekGrid({ monday, chips, ghosts, bands, loads, check, move, onOpen, onAdd, onCopyDay }: WeekGridProps) {
  const { t } = useTranslation("playbooks");
  const format = useFormat();
  const act = useMove({ check, move });
  const body = useRef<HTMLDivElement>(null);
  const dragged = useRef(false);
  const hours = hoursOf([...chips, ...ghosts]);
  const days = Array.from({ length: 7 }, (_, i) => plusDays(monday, i));
  const y = (minute: number) => ((minute - hours.from * 60) / 60) * HOUR_PX;
  const nowDay = format.today;
  const nowMinute = (format.now - instantOf(nowDay, 0, format.zone)) / 60_000;

  const grab = (event: PointerEvent<HTMLButtonElement>, chip: Chip) => {
    if (!chip.movable || event.button !== 0 || event.pointerType === "touch") return;
    const start = { x: event.clientX, y: event.clientY };
    dragged.current = false;
    const moveOver = (e: globalThis.PointerEvent) => {
      if (!dragged.current && Math.hypot(e.clientX - start.x, e.clientY - start.y) < 5) return;
      if (!dragged.current) act.pick(chip);
      dragged.current = true;
      const box = body.current?.getBoundingClientRect();
      // The chip hangs by its top edge, a little above the pointer.
      if (box) act.over(slotAt(e.clientX, e.clientY - 10, box, monday, hours.from));
    };
    const end = (e: globalThis.PointerEvent) => {
      window.removeEventListener("pointermove", moveOver);
      window.removeEventListener("pointerup", end);
      window.removeEventListener("pointercancel", end);
      if (!dragged.current) return;
      if (e.type === "pointercancel") act.cancel();
      else void act.drop();
    };
    window.addEventListener("pointermove", moveOver);
    window.addEventListener("pointerup", end);
    window.addEventListener("pointercancel", end);
  };

  const onKey = (event: KeyboardEvent<HTMLButtonElement>, chip: Chip) => {
    const lifted = act.moving?.chip.id === chip.id ? act.moving : null;
    if (!lifted) {
      if (event.key.toLowerCase() !== "m" || event.ctrlKey || event.metaKey || !chip.movable) return;
      event.preventDefault();
      return act.pick(chip);
    }
    if (event.key === "Escape") act.cancel();
    else if (event.key === "Enter" || event.key.toLowerCase() === "m") void act.drop();
    else {
      const slot = slotByKey(lifted.slot, event.key, monday);
      if (!slot) return;
      act.over(slot);
    }
    event.preventDefault();
  };

  const open = (chip: Chip) => {
    if (dragged.current) dragged.current = false;
    else if (!act.moving) onOpen(chip);
  };

  return (
    <div className="week">
      {act.refused ? <RefusedDrop refused={act.refused} onTake={(slot) => act.refused && void act.settle(act.refused.chip, slot)} onClose={act.dismiss} /> : null}
      <div className="week-scroll">
        <div className="week-heads">
          <div />
          {days.map((day) => (
            <DayHead key={day} day={day} load={loads.find((l) => l.day === day)} {...(onCopyDay ? { onCopy: onCopyDay } : {})} />
          ))}
        </div>
        <div className="week-body" style={{ height: (hours.to - hours.from) * HOUR_PX }}>
          <div className="week-hours" aria-hidden="true">
            {Array.from({ length: hours.to - hours.from }, (_, i) => (
              <span key={i} style={{ top: i * HOUR_PX }}>
                {clockOfMinute((hours.from + i) * 60)}
              </span>
            ))}
          </div>
          <div className="week-days" ref={body} style={{ backgroundSize: `100% ${HOUR_PX}px` }}>
            {bands.map((band) => {
              const from = Math.max(band.from, hours.from * 60);
              const to = Math.min(band.to, hours.to * 60);
              return to > from ? <div key={`${band.kind}${band.from}`} className={`week-band ${band.kind}`} style={{ top: y(from), height: y(to) - y(from) }} title={t(`band.${band.kind}`)} /> : null;
            })}
            {days.map((day) => (
              <div key={day} className={day === nowDay ? "week-day today" : "week-day"} role="group" aria-label={`${format.weekday(day)} ${format.day(day)}`}>
                <button type="button" className="week-add" aria-label={t("add_on", { day: format.day(day) })} onClick={() => onAdd({ day, minute: 12 * 60 })}>
                  +
                </button>
                {place(ghosts.filter((g) => g.day === day), hours.from, CHIP_PX).map(({ chip, top }) => (
                  <div key={`g${chip.id}`} className="chip-ghost" style={{ top }} title={chip.title} aria-hidden="true">
                    {clockOfMinute(chip.minute)} {chip.title}
                  </div>
                ))}
                {place(chips.filter((c) => c.day === day), hours.from, CHIP_PX).map(({ chip, top }) => (
                  <ChipView key={chip.id} chip={chip} style={{ top }} lifted={act.moving?.chip.id === chip.id} onOpen={() => open(chip)} onPointerDown={(e) => grab(e, chip)} onKeyDown={(e) => onKey(e, chip)} />
                ))}
                {act.moving?.slot.day === day ? <Landing top={y(act.moving.slot.minute)} minute={act.moving.slot.minute} verdict={act.moving.verdict} busy={act.moving.busy} /> : null}
                {day === nowDay && nowMinute >= hours.from * 60 && nowMinute <= hours.to * 60 ? <div className="week-now" style={{ top: y(nowMinute) }} aria-hidden="true" /> : null}
              </div>
            ))}
          </div>
        </div>
      </div>
      <p className="sr-only" aria-live="assertive">
        {act.moving ? t("moving_to", { day: format.day(act.moving.slot.day), time: clockOfMinute(act.moving.slot.minute) }) : ""}
        {act.moving?.verdict && !act.moving.verdict.ok ? act.moving.verdict.sentence : ""}
      </p>
      <p className="soft week-keys">{t("keys")}</p>
      {chips.length === 0 ? (
        <div className="week-empty">
          <Button type="primary" onClick={() => onAdd({ day: days[0] ?? monday, minute: 11 * 60 })}>
            {t("add")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

/** Where the chip would land, and whether it may. */
function Landing({ top, minute, verdict, busy }: { top: number; minute: number; verdict: Verdict | null; busy: boolean }) {
  const { t } = useTranslation("playbooks");
  const tone = verdict === null ? "asking" : verdict.ok ? (verdict.warnings.length > 0 ? "warns" : "holds") : "refused";
  return (
    <div className={`landing ${tone}`} style={{ top }}>
      <strong>{clockOfMinute(minute)}</strong>
      <span>
        {verdict === null ? t(busy ? "landing.moving" : "landing.asking") : verdict.ok ? (verdict.warnings[0] ?? t("landing.holds")) : verdict.sentence}
      </span>
    </div>
  );
}
