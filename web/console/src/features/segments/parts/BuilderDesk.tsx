// The builder: lines at the left, the live answer and the text at the right; one below the other on a phone.
import { RedoOutlined, UndoOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Section } from "@/shared/Page";
import type { SegmentPurpose } from "@/shared/types";
import { AnswerSide } from "./AnswerSide";
import { useNames } from "./choices";
import { Lines } from "./Lines";
import { useSay } from "./say";
import { TextSide } from "./TextSide";
import type { Builder } from "./useBuilder";
import { type Looked, useWhy, Why } from "./Why";
import "./segments.css";

type Props = { builder: Builder; purpose: SegmentPurpose; onPurpose: (purpose: SegmentPurpose) => void };

export function BuilderDesk({ builder, purpose, onPurpose }: Props) {
  const { t } = useTranslation("segments");
  const name = useNames(builder.root);
  const say = useSay(name);
  const [person, setPerson] = useState<Looked | null>(null);
  const { why, holds, error } = useWhy(person, builder.asked, builder.keyAt, purpose);
  const onKey = (event: KeyboardEvent) => {
    const typing = (event.target as HTMLElement).matches("input, textarea");
    if (typing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey) builder.redo();
    else builder.undo();
  };
  return (
    <div className="seg-desk" onKeyDown={onKey}>
      <Section
        title={t("lines")}
        extra={(
          <span className="row">
            <Button size="small" icon={<UndoOutlined />} disabled={!builder.canUndo} onClick={builder.undo} aria-keyshortcuts="Control+Z">{t("undo")}</Button>
            <Button size="small" icon={<RedoOutlined />} disabled={!builder.canRedo} onClick={builder.redo} aria-keyshortcuts="Control+Shift+Z">{t("redo")}</Button>
          </span>
        )}
      >
        <Lines builder={builder} say={say} name={name} holds={holds} />
        <p className="field-hint seg-keys">{t("keys")}</p>
      </Section>
      <div className="seg-side">
        <Section title={t("answer_title")}><AnswerSide builder={builder} purpose={purpose} onPurpose={onPurpose} onWhy={setPerson} /></Section>
        <Section title={t("why_title")}><Why person={person} why={why} error={error} onPerson={setPerson} /></Section>
        <Section title={t("text")}><TextSide builder={builder} /></Section>
      </div>
    </div>
  );
}
