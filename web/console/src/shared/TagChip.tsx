// A tag in its colour; where it came from is told on hover and to screen readers.
import { CloseOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import type { CSSProperties, ReactNode } from "react";
import { isColour, palette } from "./palette";
import "./tag-chip.css";

type Props = { name: string; colour?: string | undefined; note?: ReactNode; detail?: ReactNode; remove?: { label: string; run: () => void } };

function inks(colour: string | undefined): CSSProperties | undefined {
  if (!colour || !isColour(colour)) return undefined;
  const { light, dark } = palette[colour];
  return { "--ink": light.text, "--paper": light.ground, "--ink-dark": dark.text, "--paper-dark": dark.ground } as CSSProperties;
}

export function TagChip({ name, colour, note, detail, remove }: Props) {
  const style = inks(colour);
  const chip = (
    <span className={style ? "tag tag-coloured" : "tag"} style={style} tabIndex={detail ? 0 : undefined}>
      {name}
      {note ? <small> {note}</small> : null}
      {remove ? (
        <button type="button" className="tag-x" aria-label={remove.label} onClick={remove.run}>
          <CloseOutlined />
        </button>
      ) : null}
    </span>
  );
  return detail ? <Tooltip title={detail}>{chip}</Tooltip> : chip;
}
