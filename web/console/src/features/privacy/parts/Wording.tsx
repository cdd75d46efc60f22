// The wording of one purpose: the text in force, its earlier versions, and a form that publishes a new one.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import type { PurposeRow, WordingRow } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

const OTHERS = ["en", "es"] as const;

export function Wording({ purpose, may, onClose }: { purpose: PurposeRow; may: boolean; onClose: () => void }) {
  const { t } = useTranslation("privacy");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const path = { params: { path: { purpose: purpose.purpose } } };
  const versions = useQuery({ queryKey: ["privacy", "texts", purpose.purpose], queryFn: (): Promise<WordingRow[]> => call(api.GET("/api/v1/privacy/purposes/{purpose}/texts", path)) });
  const newest = versions.data?.[0];
  const [text, setText] = useState<string | null>(null);
  const [others, setOthers] = useState<Record<string, string>>({});
  const body = text ?? newest?.text ?? purpose.text;
  const other = (locale: string) => others[locale] ?? newest?.others[locale] ?? "";
  const filled = Object.fromEntries(OTHERS.map((l) => [l, other(l).trim()]).filter(([, v]) => v !== ""));
  const publish = useAct(() => call(api.POST("/api/v1/privacy/purposes/{purpose}/texts", { ...path, body: { text: body.trim(), others: filled } })), {
    renew: [["privacy"], ["consents"]], done: t("published"), then: onClose,
  });
  const changed = text !== null || Object.keys(others).length > 0;
  return (
    <SideForm open wide title={words("privacy", "purposes", purpose.purpose)} submit={t("publish")} busy={publish.isPending} error={publish.error} blocked={!may || !changed || body.trim().length < 10} onSubmit={() => publish.mutate()} onClose={onClose}>
      <p className="soft">{t("publish_what")}</p>
      <Field label={t("text")} hint={t("text_hint")}>{(id) => <Input.TextArea id={id} rows={4} maxLength={1000} readOnly={!may} value={body} onChange={(e) => setText(e.target.value)} />}</Field>
      {OTHERS.map((locale) => (
        <Field key={locale} label={words("privacy", "languages", locale)} optional>
          {(id) => <Input.TextArea id={id} rows={3} maxLength={1000} readOnly={!may} value={other(locale)} onChange={(e) => setOthers({ ...others, [locale]: e.target.value })} />}
        </Field>
      ))}
      <h3>{t("versions")}</h3>
      <Failure error={versions.error} retry={() => void versions.refetch()} />
      {versions.isPending ? <Waiting rows={3} /> : null}
      {versions.data?.length === 0 ? <p className="soft">{t("versions_none")}</p> : null}
      <ol className="stack">
        {(versions.data ?? []).map((v) => (
          <li key={v.version}>
            <strong>{t("version_n", { n: v.version })}</strong> <span className="soft">{dayAndClock(v.made_at)}{v.made_by ? ` · ${v.made_by}` : ""}</span>
            <div style={{ overflowWrap: "anywhere" }}>{v.text}</div>
          </li>
        ))}
      </ol>
    </SideForm>
  );
}
