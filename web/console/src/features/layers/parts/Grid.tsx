// The grid of recency and frequency: how many people, darker where there are more, each field leads to its people.
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import type { RfmCell } from "@/shared/types";
import { fieldOf, type Filter, SCORES, shadeOf } from "./model";
import "./layers.css";

type Props = { cells: RfmCell[]; picked: Filter; onPick: (filter: Filter) => void };

export function Grid({ cells, picked, onPick }: Props) {
  const { t } = useTranslation("layers");
  const { count, yuan } = useFormat();
  const columns = [...SCORES].reverse();
  const most = Math.max(0, ...SCORES.flatMap((r) => SCORES.map((f) => fieldOf(cells, r, f).persons)));
  return (
    <table className="rfm" aria-label={t("grid")}>
      <thead>
        <tr>
          <th scope="col">{t("grid_corner")}</th>
          {columns.map((f) => <th key={f} scope="col">{t("f_short", { n: f })}</th>)}
        </tr>
      </thead>
      <tbody>
        {SCORES.map((r) => (
          <tr key={r}>
            <th scope="row">{t("r_short", { n: r })}</th>
            {columns.map((f) => {
              const { persons, net } = fieldOf(cells, r, f);
              const on = picked.r === r && picked.f === f;
              return (
                <td key={f}>
                  <button
                    type="button" className="rfm-field" disabled={persons === 0} aria-pressed={on} title={persons > 0 ? t("field_money", { money: yuan(net) }) : undefined}
                    aria-label={t("field", { r, f, persons: count(persons) })} onClick={() => onPick(on ? {} : { r, f })}
                  >
                    {persons > 0 ? count(persons) : "·"}
                    {persons > 0 ? <i className={`shade-${shadeOf(persons, most)}`} /> : null}
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
