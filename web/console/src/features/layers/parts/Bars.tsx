// The levels of one ladder as bars; with a hand to choose, each leads to its people.
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { useWords } from "@/shared/words";
import { type LadderWord, widthOf } from "./model";
import "./layers.css";

type Props = { ladder: LadderWord; levels: { level: string; persons: number }[]; picked?: string | undefined; onPick?: (level: string | undefined) => void };

export function Bars({ ladder, levels, picked, onPick }: Props) {
  const { t } = useTranslation("layers");
  const words = useWords();
  const { count } = useFormat();
  const most = Math.max(0, ...levels.map((l) => l.persons));
  return (
    <div className="bars">
      {levels.map((l) => {
        const name = words("layers", ladder, l.level);
        return (
          <div key={l.level} className="bars-row">
            {onPick && l.persons > 0 ? (
              <Button type="link" size="small" className="link-cell" aria-pressed={picked === l.level} onClick={() => onPick(picked === l.level ? undefined : l.level)}>{name}</Button>
            ) : <span>{name}</span>}
            <span className="bars-track" role="img" aria-label={t("bar", { name, persons: count(l.persons) })}><i style={{ width: `${widthOf(l.persons, most)}%` }} /></span>
            <span className="bars-count">{count(l.persons)}</span>
          </div>
        );
      })}
    </div>
  );
}
