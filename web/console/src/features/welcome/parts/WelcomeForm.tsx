// Writes a welcome in the order in which it is read, with a preview and what is missing.
import { api, call } from "@huoqun/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { App, Button, Checkbox, Input, Segmented, Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { useAct } from "@/shared/act";
import { ChatPreview } from "@/shared/ChatPreview";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { Account, GreetingCheck, LiveCode, Welcome } from "@/shared/types";
import { GroupSetUps } from "./GroupSetUps";

const parts = ["opening", "offer", "rules", "benefit", "action"] as const;
type Part = (typeof parts)[number];

export function WelcomeForm({ welcome, onClose }: { welcome: Welcome | null; onClose: () => void }) {
  const { t } = useTranslation("welcome");
  const { modal } = App.useApp();
  const [audience, setAudience] = useState(welcome?.audience ?? "contact");
  const [name, setName] = useState(welcome?.name ?? "");
  const [texts, setTexts] = useState<Record<Part, string>>({ opening: welcome?.opening ?? "", offer: welcome?.offer ?? "", rules: welcome?.rules ?? "", benefit: welcome?.benefit ?? "", action: welcome?.action ?? "" });
  const [code, setCode] = useState(welcome?.invite_code_id ?? null);
  const [main, setMain] = useState(welcome?.is_default ?? false);
  const accounts = useQuery({ queryKey: ["accounts", "all"], queryFn: (): Promise<{ items: Account[] }> => call(api.GET("/api/v1/accounts")) });
  const codes = useQuery({ queryKey: ["live-codes", "all"], queryFn: (): Promise<{ items: LiveCode[] }> => call(api.GET("/api/v1/live-codes", { params: { query: { limit: 200 } } })) });
  const draft = { ...texts, audience, name: name.trim(), account_id: welcome?.account_id ?? accounts.data?.items[0]?.id ?? "", invite_code_id: code, is_default: main, link: welcome?.link ?? null };
  const looked = useDeferredValue(JSON.stringify(draft));
  const check = useQuery({
    queryKey: ["welcome-check", looked], queryFn: (): Promise<GreetingCheck> => call(api.POST("/api/v1/welcome/check", { body: JSON.parse(looked) as typeof draft })),
    enabled: texts.opening.trim() !== "" && draft.account_id !== "", placeholderData: keepPreviousData, retry: false,
  });
  const options = { renew: [["welcomes"], ["live-codes"]], then: onClose };
  const path = { params: { path: { id: welcome?.id ?? "" } } };
  const save = useAct(() => (welcome ? call(api.PUT("/api/v1/welcome/greetings/{id}", { ...path, body: draft })) : call(api.POST("/api/v1/welcome/greetings", { body: draft }))), options);
  const publish = useAct(() => call(api.POST("/api/v1/welcome/greetings/{id}/publish", path)), options);
  const remove = useAct(() => call(api.DELETE("/api/v1/welcome/greetings/{id}", path)), options);
  const ask = () => modal.confirm({ title: t("remove_title"), content: t("remove_what"), okText: t("remove"), okButtonProps: { danger: true }, onOk: () => remove.mutateAsync().catch(() => {}) });
  return (
    <SideForm
      open wide title={welcome ? welcome.name : t("add")} busy={save.isPending} error={save.error ?? publish.error ?? remove.error ?? accounts.error} blocked={name.trim() === "" || texts.opening.trim() === ""}
      onSubmit={() => save.mutate()} onClose={onClose}
      extra={welcome ? (
        <>
          <Button danger onClick={ask}>{t("remove")}</Button>
          {audience === "group" && welcome.template_status !== "set_up_needed" ? <Button onClick={() => publish.mutate()} loading={publish.isPending}>{t("publish")}</Button> : null}
        </>
      ) : null}
    >
      {welcome?.reason_text ? <p className="note">{welcome.reason_text}</p> : null}
      <div className="columns">
        <div className="form">
          {welcome ? null : (
            <Field label={t("audience")} hint={<>{t(`audience_hint.${audience}`)} <AbilityWord ability={audience === "contact" ? "auto" : "needs_tap"} /></>}>
              {() => <Segmented value={audience} onChange={setAudience} options={[{ value: "contact", label: t("audiences.contact") }, { value: "group", label: t("audiences.group") }]} aria-label={t("audience")} />}
            </Field>
          )}
          <Field label={t("name")}>{(id) => <Input id={id} value={name} maxLength={30} onChange={(e) => setName(e.target.value)} />}</Field>
          {parts.map((part) => (
            <Field key={part} label={t(`part.${part}`)} optional={part !== "opening"}>
              {(id) => <Input.TextArea id={id} value={texts[part]} autoSize={{ minRows: 1, maxRows: 6 }} onChange={(e) => setTexts({ ...texts, [part]: e.target.value })} />}
            </Field>
          ))}
          <p className="field-hint">{t("variables")}</p>
          {audience === "contact" ? (
            <>
              <Field label={t("invite")} optional hint={t("invite_hint")}>
                {(id) => <Select id={id} allowClear value={code} onChange={(v: string | undefined) => setCode(v ?? null)} options={(codes.data?.items ?? []).filter((c) => c.target === "groups").map((c) => ({ value: c.id, label: c.title }))} />}
              </Field>
              <Checkbox checked={main} onChange={(e) => setMain(e.target.checked)}>{t("is_default")}</Checkbox>
            </>
          ) : null}
        </div>
        <div className="stack-16">
          <ChatPreview sender={t("preview_sender")} text={check.data?.text ?? welcome?.preview ?? ""} />
          {check.data && check.data.lint.length > 0 ? (
            <ul className="note stack">
              {check.data.lint.map((l) => (
                <li key={l.code}>{l.message}</li>
              ))}
            </ul>
          ) : null}
          {welcome?.audience === "group" ? <GroupSetUps welcome={welcome.id} /> : null}
        </div>
      </div>
    </SideForm>
  );
}
