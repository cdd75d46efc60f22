// Over each day: its name, the meter of the daily cap and the meter of the broadcast quota.
import { CopyOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import type { DayLoad } from "./week";

export function DayHead({ day, load, onCopy }: { day: number; load: DayLoad | undefined; onCopy?: (day: number) => void }) {
  const { t } = useTranslation("playbooks");
  const format = useFormat();
  return (
    <div className={day === format.today ? "day-head today" : "day-head"}>
      <div className="day-name">
        <span>{format.weekday(day)}</span>
        <span className="soft">{format.day(day)}</span>
        {onCopy ? (
          <button type="button" className="day-copy" aria-label={t("copy_day", { day: format.day(day) })} title={t("copy_day", { day: format.day(day) })} onClick={() => onCopy(day)}>
            <CopyOutlined />
          </button>
        ) : null}
      </div>
      {load ? <Meters load={load} /> : null}
    </div>
  );
}

export function Meters({ load }: { load: DayLoad }) {
  const { t } = useTranslation("playbooks");
  return (
    <div className="meters">
      <Meter label={t("meter.cap")} used={load.posts} of={load.cap} />
      <Meter label={t("meter.quota")} used={load.broadcasts} of={load.quota} />
    </div>
  );
}

/** Up to this many are drawn one by one, more as a bar. */
const MOST_PIPS = 8;

function Meter({ label, used, of }: { label: string; used: number; of: number }) {
  const full = used >= of;
  return (
    <span className="meter" role="img" aria-label={`${label} ${used}/${of}`} title={`${label} ${used}/${of}`}>
      <span className="meter-word">{label}</span>
      {Math.max(of, used) > MOST_PIPS ? (
        <i className="gauge">
          <i className={full ? "full" : ""} style={{ width: `${Math.min(100, (used / Math.max(1, of)) * 100)}%` }} />
        </i>
      ) : (
        Array.from({ length: Math.max(of, used) }, (_, i) => <i key={i} className={i < used ? (i >= of ? "pip over" : full ? "pip full" : "pip on") : "pip"} />)
      )}
      <span className="meter-number">
        {used}/{of}
      </span>
    </span>
  );
}
