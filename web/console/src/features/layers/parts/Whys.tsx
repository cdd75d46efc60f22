// The facts that spoke for a suggestion, one chip each.
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import type { SuggestionReason } from "@/shared/types";
import { useWords } from "@/shared/words";
import "./layers.css";

const ladderOf: Record<string, string> = { fan: "fan", value: "value", segment: "rfm", stage: "stage" };
/** Facts with a number, worded by it. */
const counted = ["orders", "active_days", "days_in"] as const;
type Counted = (typeof counted)[number];

export function Whys({ why }: { why: SuggestionReason[] }) {
  const { t } = useTranslation("layers");
  const words = useWords();
  const { count } = useFormat();
  const say = ({ fact, value }: SuggestionReason): string => {
    const ladder = ladderOf[fact];
    if (ladder) return words("layers", ladder, value);
    if ((counted as readonly string[]).includes(fact)) return t(`facts.${fact as Counted}`, { count: Number(value), n: count(Number(value)) });
    return value;
  };
  return (
    <span className="whys">
      {why.filter((w) => w.value !== "0" && w.value !== "").map((w) => <span key={w.fact} className="tag">{say(w)}</span>)}
    </span>
  );
}
