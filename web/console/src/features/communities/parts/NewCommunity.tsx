// A new community starts as a draft: name, kind and tier; the positioning card comes next.
import { api, call } from "@huoqun/api";
import { useNavigate } from "@tanstack/react-router";
import { Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";

const kinds = ["traffic", "content", "flash", "punch_card"] as const;
const tiers = ["general", "core"] as const;

export function NewCommunity({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("communities");
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<(typeof kinds)[number]>("traffic");
  const [tier, setTier] = useState<(typeof tiers)[number]>("general");
  const save = useAct((): Promise<{ id: string }> => call(api.POST("/api/v1/communities", { body: { name: name.trim(), kind, tier } })), {
    renew: [["communities"]], then: (made) => void navigate({ to: "/communities/$id", params: { id: made.id } }),
  });
  return (
    <SideForm open title={t("add")} submit={t("add")} busy={save.isPending} error={save.error} blocked={name.trim() === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={name} onChange={(e) => setName(e.target.value)} maxLength={40} autoFocus />}</Field>
      <Field label={t("kind")} hint={t(`kind_hint.${kind}`)}>
        {(id) => <Select id={id} value={kind} onChange={setKind} options={kinds.map((k) => ({ value: k, label: t(`kinds.${k}`) }))} />}
      </Field>
      <Field label={t("tier")} hint={t(`tier_hint.${tier}`)}>
        {() => <Segmented value={tier} onChange={setTier} options={tiers.map((x) => ({ value: x, label: t(`tiers.${x}`) }))} aria-label={t("tier")} />}
      </Field>
    </SideForm>
  );
}
