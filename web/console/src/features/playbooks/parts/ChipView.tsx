// One post as a chip: colour is the value kind, icon the way, a small mark the tracked link.
import { LinkOutlined } from "@ant-design/icons";
import { clockOfMinute, toneOf, tonePath, toneToken } from "@huoqun/ui";
import type { CSSProperties, KeyboardEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { WayMark } from "@/shared/Kind";
import { useWords } from "@/shared/words";
import type { Chip } from "./week";

type Props = {
  chip: Chip;
  style?: CSSProperties;
  lifted?: boolean;
  onOpen: () => void;
  onPointerDown?: (event: PointerEvent<HTMLButtonElement>) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLButtonElement>) => void;
};

export function ChipView({ chip, style, lifted, onOpen, onPointerDown, onKeyDown }: Props) {
  const { t } = useTranslation("playbooks");
  const words = useWords();
  const tone = toneOf(chip.state);
  const state = words("common", "state", chip.state);
  const label = t("chip.label", {
    time: clockOfMinute(chip.minute), title: chip.title, kind: words("common", "kind", chip.kind), way: words("common", "way", chip.way), state,
  });
  return (
    <button
      type="button" className={lifted ? "chip chip-lifted" : "chip"} style={{ ...style, borderLeftColor: `var(--${chip.kind})`, background: `var(--${chip.kind}-soft)` }}
      aria-label={label} aria-roledescription={chip.movable ? t("chip.movable") : undefined} title={label} data-chip={chip.id}
      onClick={onOpen} onPointerDown={onPointerDown} onKeyDown={onKeyDown}
    >
      <span className="chip-top" style={{ color: `var(--${chip.kind})` }}>
        <span className="chip-time">{clockOfMinute(chip.minute)}</span>
        <WayMark way={chip.way} quiet />
        {chip.tracked ? <LinkOutlined title={t("chip.tracked")} /> : null}
        <svg className="chip-state" width="11" height="11" viewBox="0 0 12 12" style={{ color: `var(--${toneToken[tone][0]})` }} aria-hidden="true">
          <path d={tonePath[tone]} fill="currentColor" fillRule="evenodd" />
        </svg>
      </span>
      <span className="chip-title">{chip.title}</span>
    </button>
  );
}
