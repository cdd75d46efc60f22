// Adds an operator or changes one.
import { api, call } from "@huoqun/api";
import { Checkbox, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import { StaffPick } from "@/shared/StaffPick";
import type { Invited, Operator, RoleRow } from "@/shared/types";
import { useWords } from "@/shared/words";

type Props = { operator: Operator | null; roles: RoleRow[]; onClose: () => void; onInvited: (invited: Invited) => void };

export function OperatorForm({ operator, roles, onClose, onInvited }: Props) {
  const { t } = useTranslation("access");
  const words = useWords();
  const [login, setLogin] = useState(operator?.login ?? "");
  const [name, setName] = useState(operator?.name ?? "");
  const [role, setRole] = useState(operator?.role ?? "group_owner");
  const [staff, setStaff] = useState(operator?.staff_id ?? undefined);
  const [own, setOwn] = useState(operator?.reach === "own_groups");
  const [disabled, setDisabled] = useState(operator?.disabled ?? false);

  const save = useAct(
    async () => {
      const shared = { name: name.trim(), role: role as RoleRow["role"], staff_id: staff ?? null, own_groups_only: own };
      if (!operator) return onInvited(await call(api.POST("/api/v1/access/operators", { body: { ...shared, login: login.trim() } })));
      await call(api.PATCH("/api/v1/access/operators/{id}", { params: { path: { id: operator.id } }, body: { ...shared, disabled } }));
    },
    { renew: [["operators"]], then: onClose },
  );

  return (
    <SideForm open title={operator ? operator.name : t("add_operator")} busy={save.isPending} error={save.error} onSubmit={() => save.mutate()} onClose={onClose}>
      {operator ? null : <Field label={t("login")}>{(id) => <Input id={id} value={login} onChange={(e) => setLogin(e.target.value)} maxLength={60} />}</Field>}
      <Field label={t("name")}>{(id) => <Input id={id} value={name} onChange={(e) => setName(e.target.value)} maxLength={40} />}</Field>
      <Field label={t("role")} hint={words("access", "role_may", role)}>
        {(id) => <Select id={id} value={role} onChange={setRole} options={roles.map((r) => ({ value: r.role, label: words("access", "roles", r.role) }))} />}
      </Field>
      <Field label={t("staff")} optional hint={t("staff_hint")}>{(id) => <StaffPick id={id} value={staff} onChange={setStaff} />}</Field>
      <Checkbox checked={own} disabled={!staff} onChange={(e) => setOwn(e.target.checked)}>{t("own_only")}</Checkbox>
      {operator ? <Checkbox checked={disabled} onChange={(e) => setDisabled(e.target.checked)}>{t("disable_hint")}</Checkbox> : null}
    </SideForm>
  );
}
