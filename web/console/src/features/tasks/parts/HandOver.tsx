// Gives a task to another employee on duty in the same group.
import { api, call } from "@huoqun/api";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import { StaffPick } from "@/shared/StaffPick";
import type { TaskRow } from "@/shared/types";

export function HandOver({ task, onClose }: { task: TaskRow; onClose: () => void }) {
  const { t } = useTranslation("tasks");
  const [staff, setStaff] = useState<string>();
  const save = useAct(() => call(api.POST("/api/v1/tasks/{id}/hand-over", { params: { path: { id: task.id } }, body: { staff_id: staff ?? "" } })), {
    renew: [["tasks"], ["today"]], then: onClose,
  });
  return (
    <SideForm open title={t("hand_over")} submit={t("hand_over")} busy={save.isPending} error={save.error} blocked={!staff} onSubmit={() => save.mutate()} onClose={onClose}>
      <p>{task.title} · {task.group_name}</p>
      <Field label={t("to_whom")} hint={t("to_whom_hint")}>{(id) => <StaffPick id={id} value={staff} onChange={setStaff} />}</Field>
    </SideForm>
  );
}
