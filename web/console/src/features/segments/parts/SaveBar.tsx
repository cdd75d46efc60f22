// The name of a segment and its saving; what is still missing is said instead of hidden.
import { Button, Input } from "antd";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useMay } from "@/shared/session";
import type { Builder } from "./useBuilder";

type Props = { builder: Builder; name: string; onName: (name: string) => void; busy: boolean; error: unknown; onSave: () => void; children?: ReactNode };

export function SaveBar({ builder, name, onName, busy, error, onSave, children }: Props) {
  const { t } = useTranslation(["segments", "common"]);
  const may = useMay("segments:write");
  if (!may) return <p className="note">{t("segments:may_not")}</p>;
  const missing = name.trim() === "" ? t("segments:needs_name") : builder.left.length > 0 ? t("segments:needs_lines", { count: builder.left.length }) : null;
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSave();
  };
  return (
    <form className="section stack" onSubmit={send}>
      <div className="row">
        <div className="grow"><Field label={t("segments:name")}>{(id) => <Input id={id} value={name} maxLength={60} onChange={(e) => onName(e.target.value)} />}</Field></div>
        <Button type="primary" htmlType="submit" loading={busy} disabled={missing !== null || builder.refused}>{t("common:act.save")}</Button>
      </div>
      {children}
      {missing ? <p className="soft">{missing}</p> : null}
      <Failure error={error} />
    </form>
  );
}
