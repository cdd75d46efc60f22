// Starts a plan for a community from a template.
import { api, call } from "@huoqun/api";
import { mondayOf, plusDays } from "@huoqun/ui";
import { useQuery } from "@tanstack/react-query";
import { Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import { templatesQuery } from "../queries";

export function NewPlan({ community, onClose }: { community: string; onClose: () => void }) {
  const { t } = useTranslation("playbooks");
  const { today } = useFormat();
  const templates = useQuery(templatesQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const start = useAct(
    () => call(api.POST("/api/v1/playbooks/plans", { body: { community_id: community, template_id: chosen ?? "", start_day: plusDays(mondayOf(today), 7) } })),
    { renew: [["week"], ["today"]], done: t("plan_started"), then: onClose },
  );
  return (
    <SideForm open title={t("from_template")} submit={t("plan_start")} busy={start.isPending} error={start.error} blocked={!chosen} onSubmit={() => start.mutate()} onClose={onClose}>
      <Failure error={templates.error} />
      <Field label={t("template")} hint={t("template_hint")}>
        {() => (
          <Radio.Group value={chosen} onChange={(e) => setChosen(String(e.target.value))} className="stack" aria-label={t("template")}>
            {(templates.data?.items ?? []).map((x) => (
              <Radio key={x.id} value={x.id}>
                {x.name} <span className="faint">{t("template_posts", { count: x.posts })}</span>
              </Radio>
            ))}
          </Radio.Group>
        )}
      </Field>
    </SideForm>
  );
}
