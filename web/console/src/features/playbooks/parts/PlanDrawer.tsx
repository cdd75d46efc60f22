// The plan of a community: the running one with its end and approval, or a new one from a template.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Input, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import type { Plan, PlanMade } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { plansQuery, templatesQuery } from "../queries";

const renewed = [["week"], ["today"], ["plans"]];

export function PlanDrawer({ community, onClose }: { community: string; onClose: () => void }) {
  const plans = useQuery(plansQuery(community));
  const running = plans.data?.find((p) => p.status === "active");
  if (plans.data) return running ? <Running plan={running} onClose={onClose} /> : <FromTemplate community={community} onClose={onClose} />;
  return (
    <Drawer open onClose={onClose} size="min(480px, 100vw)">
      <Failure error={plans.error} retry={() => void plans.refetch()} />
      {plans.isPending ? <Waiting rows={4} /> : null}
    </Drawer>
  );
}

function Running({ plan, onClose }: { plan: Plan; onClose: () => void }) {
  const { t } = useTranslation("playbooks");
  const { longDay } = useFormat();
  const { modal } = App.useApp();
  const path = { params: { path: { id: plan.id } } };
  const approve = useAct(() => call(api.POST("/api/v1/playbooks/plans/{id}/approve", path)), { renew: renewed, done: t("plan_approved"), then: onClose });
  const end = useAct(() => call(api.POST("/api/v1/playbooks/plans/{id}/end", path)), { renew: renewed, then: onClose });
  const ask = () => modal.confirm({ title: t("plan_end_title"), content: t("plan_end_what"), okText: t("plan_end"), okButtonProps: { danger: true }, onOk: () => end.mutateAsync() });
  return (
    <Drawer open onClose={onClose} title={plan.name} size="min(480px, 100vw)">
      <div className="stack-16">
        <dl className="facts">
          <dt>{t("plan_from")}</dt>
          <dd>{longDay(plan.from_day)}</dd>
          <dt>{t("plan_until")}</dt>
          <dd>{longDay(plan.extended_to)}</dd>
          {plan.link_target ? <><dt>{t("field.link")}</dt><dd><code>{plan.link_target}</code></dd></> : null}
        </dl>
        <Failure error={approve.error ?? end.error} />
        <div className="row">
          <Button type="primary" onClick={() => approve.mutate()} loading={approve.isPending}>{t("plan_approve")}</Button>
          <Button danger onClick={ask} loading={end.isPending}>{t("plan_end")}</Button>
        </div>
      </div>
    </Drawer>
  );
}

function FromTemplate({ community, onClose }: { community: string; onClose: () => void }) {
  const { t } = useTranslation("playbooks");
  const { message } = App.useApp();
  const templates = useQuery(templatesQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  const [link, setLink] = useState("");
  const start = useAct(
    (): Promise<PlanMade> => call(api.POST("/api/v1/playbooks/plans", { body: { community_id: community, template: chosen ?? "", link_target: link.trim() } })),
    {
      renew: renewed,
      then: (made) => {
        void message.success(t("plan_started", { count: made.posts }));
        if (made.left_out.length > 0) void message.warning(t("plan_left_out", { items: made.left_out.join("、") }), 8);
        onClose();
      },
    },
  );
  return (
    <SideForm open title={t("from_template")} submit={t("plan_start")} busy={start.isPending} error={start.error ?? templates.error} blocked={!chosen} onSubmit={() => start.mutate()} onClose={onClose}>
      <Field label={t("template")} hint={t("template_hint")}>
        {() => (
          <Radio.Group value={chosen} onChange={(e) => setChosen(String(e.target.value))} className="stack" aria-label={t("template")}>
            {(templates.data ?? []).map((x) => (
              <Radio key={x.key} value={x.key}>
                {x.name} <span className="faint">{t("template_posts", { count: x.items.reduce((n, i) => n + i.days.length, 0) })}</span>
              </Radio>
            ))}
          </Radio.Group>
        )}
      </Field>
      {templates.isPending ? <Waiting rows={3} /> : null}
      <Field label={t("field.link")} optional hint={t("plan_link_hint")}>{(id) => <Input id={id} type="url" value={link} placeholder="https://" onChange={(e) => setLink(e.target.value)} />}</Field>
    </SideForm>
  );
}
