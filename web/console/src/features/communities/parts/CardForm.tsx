// Fills the positioning card.
import { api, call } from "@huoqun/api";
import { isoDay, parseYuan } from "@huoqun/ui";
import { Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { Community } from "@/shared/types";

const formula = ["for_whom", "which_need", "which_solution"] as const;
const audience = ["audience_age", "audience_sex", "audience_region", "audience_occupation"] as const;
const purposes = ["sell", "attract", "connect"] as const;
type Text = (typeof formula)[number] | (typeof audience)[number] | "value_to_user" | "traffic_channel" | "disposal";

export function CardForm({ community: c, onClose }: { community: Community; onClose: () => void }) {
  const { t } = useTranslation("communities");
  const [texts, setTexts] = useState<Record<Text, string>>({
    for_whom: c.for_whom, which_need: c.which_need, which_solution: c.which_solution, audience_age: c.audience_age, audience_sex: c.audience_sex, audience_region: c.audience_region,
    audience_occupation: c.audience_occupation, value_to_user: c.value_to_user, traffic_channel: c.traffic_channel, disposal: c.disposal,
  });
  const [purpose, setPurpose] = useState((c.purpose || null) as (typeof purposes)[number] | null);
  const [fee, setFee] = useState(typeof c.entry_fee === "number" ? (c.entry_fee / 100).toFixed(2) : "");
  const [endsOn, setEndsOn] = useState(c.ends_on ?? 0);
  const ends = c.kind === "flash" || c.kind === "punch_card";
  const wrongFee = fee.trim() !== "" && parseYuan(fee) === null;
  const save = useAct(
    () => call(api.PATCH("/api/v1/communities/{id}", { params: { path: { id: c.id } }, body: { ...texts, purpose, entry_fee: parseYuan(fee), ...(ends ? { ends_on: endsOn || null } : {}) } })),
    { renew: [["community", c.id], ["communities"]], then: onClose },
  );
  const input = (word: Text, hint?: string) => (
    <Field key={word} label={t(`card.${word}`)} hint={hint}>
      {(id) => <Input id={id} value={texts[word]} maxLength={500} onChange={(e) => setTexts({ ...texts, [word]: e.target.value })} />}
    </Field>
  );
  return (
    <SideForm open title={t("positioning")} busy={save.isPending} error={save.error} blocked={wrongFee} onSubmit={() => save.mutate()} onClose={onClose}>
      {formula.map((word) => input(word, t(`card_hint.${word}`)))}
      <Field label={t("card.purpose")}>
        {(id) => <Select id={id} value={purpose} onChange={setPurpose} options={purposes.map((p) => ({ value: p, label: t(`purposes.${p}`) }))} />}
      </Field>
      <div className="columns">{audience.map((word) => input(word))}</div>
      {input("value_to_user", t("card_hint.value_to_user"))}
      {input("traffic_channel", t("card_hint.traffic_channel"))}
      <Field label={t("card.entry_fee")} hint={t("card_hint.entry_fee")} error={wrongFee ? t("card_hint.entry_fee") : null}>
        {(id) => <Input id={id} inputMode="decimal" value={fee} prefix="¥" onChange={(e) => setFee(e.target.value)} />}
      </Field>
      {ends ? (
        <>
          <Field label={t("card.ends_on")} hint={t("card_hint.ends_on")}>
            {(id) => <Input id={id} type="date" value={endsOn > 0 ? isoDay(endsOn) : ""} onChange={(e) => setEndsOn(Number(e.target.value.replaceAll("-", "")) || 0)} />}
          </Field>
          {input("disposal", t("card_hint.disposal"))}
        </>
      ) : null}
    </SideForm>
  );
}
