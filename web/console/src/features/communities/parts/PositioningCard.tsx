// The positioning card: one sentence with three slots, and the elements as a checklist.
import { longDay } from "@huoqun/ui";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/shared/format";
import { Section } from "@/shared/Page";
import { StateMark } from "@/shared/StateMark";
import type { Community } from "@/shared/types";
import { useWords } from "@/shared/words";
import { CardForm } from "./CardForm";

type Slot = "for_whom" | "which_need" | "which_solution";

export function PositioningCard({ community: c, editable }: { community: Community; editable: boolean }) {
  const { t } = useTranslation("communities");
  const words = useWords();
  const { yuan, locale } = useFormat();
  const [editing, setEditing] = useState(false);
  const slot = (word: Slot) => <mark className={c[word] ? "slot" : "slot slot-empty"}>{c[word] || t(`card.${word}`)}</mark>;
  const shown: Record<string, string> = {
    purpose: c.purpose ? words("communities", "purposes", c.purpose) : "",
    audience: [c.audience_age, c.audience_sex, c.audience_region, c.audience_occupation].filter(Boolean).join(" · "),
    value_to_user: c.value_to_user,
    entry_fee: c.entry_fee === 0 ? t("free") : typeof c.entry_fee === "number" ? yuan(c.entry_fee) : "",
    traffic_channel: c.traffic_channel,
    ends_on: c.ends_on ? longDay(c.ends_on, locale) : "",
    disposal: c.disposal,
  };
  return (
    <Section title={t("positioning")} extra={editable && c.status !== "closed" ? <Button size="small" onClick={() => setEditing(true)}>{t("fill")}</Button> : null}>
      <p className="formula">
        {t("formula.for")} {slot("for_whom")} {t("formula.with")} {slot("which_need")} {t("formula.by")} {slot("which_solution")}
      </p>
      <dl className="facts" style={{ marginTop: 12 }}>
        {c.checklist.filter((i) => i.item in shown).map((i) => (
          <div key={i.item} style={{ display: "contents" }}>
            <dt>{words("communities", "card", i.item)}</dt>
            <dd>{i.done ? shown[i.item] : <span className="row">{shown[i.item]} <StateMark state="draft" word={t("not_filled")} /></span>}</dd>
          </div>
        ))}
      </dl>
      {editing ? <CardForm community={c} onClose={() => setEditing(false)} /> : null}
    </Section>
  );
}
