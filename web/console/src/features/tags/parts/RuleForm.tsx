// A rule's words; tried on the last 30 days before it is saved, with its former states.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import { TagPick } from "@/shared/TagPick";
import type { TagCondition, TagRule, TagRuleDetail, TagTrigger } from "@/shared/types";
import { Conditions } from "./Conditions";
import { Trigger } from "./Trigger";
import { Tried } from "./Tried";

export function RuleForm({ rule, onClose }: { rule: TagRule | null; onClose: () => void }) {
  const { t } = useTranslation("tags");
  const [name, setName] = useState(rule?.name ?? "");
  const [trigger, setTrigger] = useState<TagTrigger>(rule?.trigger ?? { on: "purchase" });
  const [conditions, setConditions] = useState<TagCondition[]>(rule?.conditions ?? []);
  const [add, setAdd] = useState<string[]>(rule?.add ?? []);
  const [remove, setRemove] = useState<string[]>(rule?.remove ?? []);
  const [enabled, setEnabled] = useState(rule?.enabled ?? true);
  const words = { trigger, conditions, add, remove };
  const body = { name: name.trim(), enabled, ...words };
  const save = useAct(
    () => (rule ? call(api.PUT("/api/v1/tag-rules/{id}", { params: { path: { id: rule.id } }, body })) : call(api.POST("/api/v1/tag-rules", { body }))),
    { renew: [["tag-rules"]], then: onClose },
  );
  const blocked = name.trim() === "" || add.length + remove.length === 0;
  return (
    <SideForm open wide title={rule ? t("edit_named", { name: rule.name }) : t("rule_add")} busy={save.isPending} error={save.error} blocked={blocked} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={name} maxLength={40} onChange={(e) => setName(e.target.value)} />}</Field>
      <Trigger value={trigger} onChange={setTrigger} />
      <Conditions value={conditions} purchase={trigger.on === "purchase"} onChange={setConditions} />
      <Field label={t("give")}>{(id) => <TagPick id={id} value={add} onChange={setAdd} />}</Field>
      <Field label={t("take")} optional>{(id) => <TagPick id={id} value={remove} onChange={setRemove} />}</Field>
      <div className="row">
        <Switch checked={enabled} onChange={setEnabled} aria-label={t("enabled")} /> <span>{t("enabled_hint")}</span>
      </div>
      <Tried words={words} blocked={add.length + remove.length === 0} />
      {rule ? <Versions id={rule.id} /> : null}
    </SideForm>
  );
}

function Versions({ id }: { id: string }) {
  const { t } = useTranslation("tags");
  const { dayAndClock } = useFormat();
  const [open, setOpen] = useState(false);
  const query = useQuery({ queryKey: ["tag-rules", id], enabled: open, queryFn: (): Promise<TagRuleDetail> => call(api.GET("/api/v1/tag-rules/{id}", { params: { path: { id } } })) });
  return (
    <div className="stack">
      <div><Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>{t("versions")}</Button></div>
      <Failure error={query.error} />
      {open ? (
        <ol className="stack">
          {(query.data?.versions ?? []).map((v) => (
            <li key={v.version}>
              {t("version_line", { n: v.version, name: v.name, who: v.operator_name, when: dayAndClock(v.at), trigger: t(`triggers.${v.trigger.on}`) })}{" "}
              <span className="soft">{v.enabled ? t("was_on") : t("was_off")}</span>
            </li>
          ))}
        </ol>
      ) : null}
    </div>
  );
}
