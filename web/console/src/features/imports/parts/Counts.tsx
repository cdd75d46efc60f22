// What became of the rows, or would become of them.
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import type { ImportCounts } from "@/shared/types";

const main = ["rows", "new", "changed", "unchanged", "bad", "erased"] as const;
const ways = ["by_union", "by_external", "by_phone", "by_order_no"] as const;

export function Counts({ counts }: { counts: ImportCounts }) {
  const { t } = useTranslation("imports");
  const { count } = useFormat();
  const recognised = ways.filter((way) => counts[way] > 0);
  return (
    <>
      <dl className="row">
        {main.filter((key) => key !== "erased" || counts.erased > 0).map((key) => (
          <div key={key}>
            <dt className="faint">{t(`count.${key}`)}</dt>
            <dd className={key === "bad" && counts.bad > 0 ? "number bad" : "number"} style={{ margin: 0 }}>{count(counts[key])}</dd>
          </div>
        ))}
      </dl>
      {recognised.length > 0 ? <p className="soft">{recognised.map((way) => t(`way.${way}`, { n: count(counts[way]) })).join(" · ")}</p> : null}
    </>
  );
}
