// Corp id, agent and secret of a company. Token and key of the callback are made by us for pasting into WeCom.
import { api, call } from "@huoqun/api";
import { useNavigate } from "@tanstack/react-router";
import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { Account } from "@/shared/types";

export function ConnectForm({ account, onClose }: { account: Account | null; onClose: () => void }) {
  const { t } = useTranslation("accounts");
  const navigate = useNavigate();
  const [name, setName] = useState(account?.name ?? "");
  const [corp, setCorp] = useState(account?.company ?? "");
  const [agent, setAgent] = useState(account?.application ?? "");
  const [secret, setSecret] = useState("");
  const [base, setBase] = useState(account?.api_base ?? "");
  const save = useAct(
    async () => {
      const body = { name: name.trim(), company: corp.trim(), application: agent.trim(), api_base: base.trim(), ...(secret.trim() ? { secret: secret.trim() } : {}) };
      if (account) return void (await call(api.PATCH("/api/v1/accounts/{id}", { params: { path: { id: account.id } }, body })));
      const made: { id: string } = await call(api.POST("/api/v1/accounts", { body }));
      void navigate({ to: "/settings/accounts/$id", params: { id: made.id } });
    },
    { renew: [["accounts"], ...(account ? [["account", account.id]] : [])], then: onClose },
  );
  const whole = name.trim() !== "" && agent.trim() !== "" && corp.trim() !== "";
  return (
    <SideForm open title={account ? account.name : t("connect")} submit={t("save_and_check")} busy={save.isPending} error={save.error} blocked={!whole} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={name} maxLength={40} onChange={(e) => setName(e.target.value)} />}</Field>
      <Field label={t("corp_id")} hint={t("corp_hint")}>{(id) => <Input id={id} value={corp} onChange={(e) => setCorp(e.target.value)} placeholder="ww…" />}</Field>
      <Field label={t("agent_id")} hint={t("agent_hint")}>{(id) => <Input id={id} inputMode="numeric" value={agent} onChange={(e) => setAgent(e.target.value)} placeholder="1000002" />}</Field>
      <Field label={t("secret")} optional hint={account ? t("secret_keep") : t("secret_hint")}>
        {(id) => <Input.Password id={id} autoComplete="off" value={secret} onChange={(e) => setSecret(e.target.value)} />}
      </Field>
      <Field label={t("api_base")} optional hint={t("api_base_hint")}>{(id) => <Input id={id} type="url" value={base} onChange={(e) => setBase(e.target.value)} placeholder="https://qyapi.weixin.qq.com" />}</Field>
    </SideForm>
  );
}
