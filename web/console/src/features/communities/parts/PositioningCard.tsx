// The positioning card: one sentence with three slots, and five elements as a checklist.
import { api, call } from "@huoqun/api";
import { isoDay } from "@huoqun/ui";
import { Button, Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { Section } from "@/shared/Page";
import { SideForm } from "@/shared/SideForm";
import type { Community, Positioning } from "@/shared/types";

const texts = ["target", "value", "channel"] as const;
const purposes = ["sell", "attract", "connect"] as const;

export function PositioningCard({ community, editable }: { community: Community; editable: boolean }) {
  const { t } = useTranslation("communities");
  const [editing, setEditing] = useState(false);
  const { card } = community;
  const slot = (text: string, word: "for_whom" | "problem" | "solution") => <mark className={text ? "slot" : "slot slot-empty"}>{text || t(`card.${word}`)}</mark>;
  return (
    <Section title={t("positioning")} extra={editable ? <Button size="small" onClick={() => setEditing(true)}>{t("fill")}</Button> : null}>
      <p className="formula">
        {t("formula.for")} {slot(card.for_whom, "for_whom")} {t("formula.with")} {slot(card.problem, "problem")} {t("formula.by")} {slot(card.solution, "solution")}
      </p>
      <dl className="facts" style={{ marginTop: 12 }}>
        <dt>{t("card.purpose")}</dt>
        <dd>{card.purpose ? t(`purposes.${card.purpose as "sell"}`) : <Missing />}</dd>
        {texts.map((word) => (
          <div key={word} style={{ display: "contents" }}>
            <dt>{t(`card.${word}`)}</dt>
            <dd>{card[word] || <Missing />}</dd>
          </div>
        ))}
        <dt>{t("card.paid")}</dt>
        <dd>{card.paid ? card.fee_note || t("paid_yes") : t("paid_no")}</dd>
      </dl>
      {editing ? <CardForm community={community} onClose={() => setEditing(false)} /> : null}
    </Section>
  );
}

function Missing() {
  const { t } = useTranslation("communities");
  return <span className="faint">{t("not_filled")}</span>;
}

function CardForm({ community, onClose }: { community: Community; onClose: () => void }) {
  const { t } = useTranslation("communities");
  const [card, setCard] = useState<Positioning>(community.card);
  const [endsOn, setEndsOn] = useState(community.ends_on ?? 0);
  const [disposal, setDisposal] = useState(community.disposal);
  const ends = community.kind === "flash" || community.kind === "punch_card";
  const set = (part: Partial<Positioning>) => setCard({ ...card, ...part });
  const save = useAct(() => call(api.PATCH("/api/v1/communities/{id}", { params: { path: { id: community.id } }, body: { card, ...(ends ? { ends_on: endsOn, disposal: disposal.trim() } : {}) } })), {
    renew: [["community", community.id]], then: onClose,
  });
  return (
    <SideForm open title={t("positioning")} busy={save.isPending} error={save.error} onSubmit={() => save.mutate()} onClose={onClose}>
      {(["for_whom", "problem", "solution"] as const).map((word) => (
        <Field key={word} label={t(`card.${word}`)} hint={t(`card_hint.${word}`)}>
          {(id) => <Input id={id} value={card[word]} maxLength={120} onChange={(e) => set({ [word]: e.target.value })} />}
        </Field>
      ))}
      <Field label={t("card.purpose")}>
        {(id) => <Select id={id} value={card.purpose || null} onChange={(purpose: string) => set({ purpose })} options={purposes.map((p) => ({ value: p, label: t(`purposes.${p}`) }))} />}
      </Field>
      {texts.map((word) => (
        <Field key={word} label={t(`card.${word}`)} hint={t(`card_hint.${word}`)}>
          {(id) => <Input.TextArea id={id} autoSize value={card[word]} maxLength={300} onChange={(e) => set({ [word]: e.target.value })} />}
        </Field>
      ))}
      <Checkbox checked={card.paid} onChange={(e) => set({ paid: e.target.checked })}>{t("card.paid")}</Checkbox>
      {card.paid ? <Field label={t("card.fee_note")}>{(id) => <Input id={id} value={card.fee_note} maxLength={120} onChange={(e) => set({ fee_note: e.target.value })} />}</Field> : null}
      {ends ? (
        <>
          <Field label={t("card.end_date")} hint={t("card_hint.end_date")}>
            {(id) => <Input id={id} type="date" value={endsOn > 0 ? isoDay(endsOn) : ""} onChange={(e) => setEndsOn(Number(e.target.value.replaceAll("-", "")) || 0)} />}
          </Field>
          <Field label={t("card.disposal")} hint={t("card_hint.disposal")}>{(id) => <Input id={id} value={disposal} maxLength={200} onChange={(e) => setDisposal(e.target.value)} />}</Field>
        </>
      ) : null}
    </SideForm>
  );
}
