// The company's settings in one form: what each one changes is said beside it, and the last change can be taken back.
import { Button, Input, InputNumber, Select } from "antd";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure, sentence } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { Section } from "@/shared/Page";
import type { Tenant } from "@/shared/types";
import { type Settings, saveTenant } from "../queries";
import { CAP_MOST, clockOf, cutsWith, type FieldName, NAME_MOST, refusedField, settingsOf, wrongOf } from "./settings";
import { ZonePick } from "./ZonePick";
import "./tenants.css";

export function SettingsForm({ tenant, may }: { tenant: Tenant; may: boolean }) {
  const { t } = useTranslation(["tenants", "common"]);
  const { now } = useFormat();
  const [draft, setDraft] = useState(settingsOf(tenant));
  /** What was in force before the last save, until something else is typed. */
  const [before, setBefore] = useState<Settings | null>(null);
  const renew = [["tenants"], ["session"], ["week"]];
  const save = useAct(saveTenant, {
    renew,
    then: (saved) => {
      setBefore(settingsOf(tenant));
      setDraft(settingsOf(saved));
      undo.reset();
    },
  });
  const undo = useAct(saveTenant, {
    renew,
    then: (saved) => {
      setDraft(settingsOf(saved));
      setBefore(null);
    },
  });

  const wrong = wrongOf(draft);
  const refused = refusedField(save.error);
  const changed = JSON.stringify(draft) !== JSON.stringify(settingsOf(tenant));
  const put = <K extends FieldName>(field: K, value: Settings[K]) => {
    setDraft((d) => ({ ...d, [field]: value }));
    setBefore(null);
    save.reset();
    undo.reset();
  };
  const fault = (field: FieldName) => {
    if (refused === field) return sentence(save.error, t as never);
    return wrong.includes(field) ? t(`tenants:wrong.${field as "name" | "daily_cap" | "daily_warn"}`, { most: field === "daily_warn" ? draft.daily_cap : field === "name" ? NAME_MOST : CAP_MOST }) : null;
  };
  const clock = (zone: string) => new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(now);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (may && changed && wrong.length === 0) save.mutate({ ...draft, name: draft.name.trim() });
  };

  return (
    <form className="form tenant-form" onSubmit={submit}>
      <Section title={t("tenants:who")}>
        <div className="form">
          <Field label={t("tenants:name")} hint={t("tenants:name_what")} error={fault("name")}>
            {(id) => <Input id={id} value={draft.name} disabled={!may} maxLength={NAME_MOST} onChange={(e) => put("name", e.target.value)} />}
          </Field>
        </div>
      </Section>
      <Section title={t("tenants:day")}>
        <div className="form">
          <Field label={t("tenants:zone")} hint={t("tenants:zone_what", { clock: clock(draft.zone) })} error={fault("zone")}>
            {(id) => <ZonePick id={id} value={draft.zone} disabled={!may} onChange={(zone) => put("zone", zone)} />}
          </Field>
          <Field label={t("tenants:day_cut")} hint={t(draft.day_cut_minutes === 0 ? "tenants:day_cut_midnight" : "tenants:day_cut_what", { clock: clockOf(draft.day_cut_minutes) })} error={fault("day_cut_minutes")}>
            {(id) => (
              <Select
                id={id} value={draft.day_cut_minutes} disabled={!may} onChange={(minutes: number) => put("day_cut_minutes", minutes)}
                options={cutsWith(draft.day_cut_minutes).map((m) => ({ value: m, label: m === 0 ? t("tenants:midnight") : clockOf(m) }))}
              />
            )}
          </Field>
        </div>
      </Section>
      <Section title={t("tenants:limits")}>
        <div className="form">
          <Field label={t("tenants:daily_cap")} hint={t("tenants:daily_cap_what", { count: draft.daily_cap })} error={fault("daily_cap")}>
            {(id) => <InputNumber id={id} value={draft.daily_cap} disabled={!may} precision={0} inputMode="numeric" onChange={(n) => put("daily_cap", n ?? 0)} />}
          </Field>
          <Field label={t("tenants:daily_warn")} hint={t("tenants:daily_warn_what", { count: draft.daily_warn })} error={fault("daily_warn")}>
            {(id) => <InputNumber id={id} value={draft.daily_warn} disabled={!may} precision={0} inputMode="numeric" onChange={(n) => put("daily_warn", n ?? 0)} />}
          </Field>
          <Field label={t("tenants:broadcast_rule")} hint={t("tenants:broadcast_rule_what")} error={fault("broadcast_rule")}>
            {(id) => (
              <Select
                id={id} value={draft.broadcast_rule} disabled={!may} onChange={(rule: string) => put("broadcast_rule", rule)}
                options={(["month", "week", "day"] as const).map((rule) => ({ value: rule, label: t(`tenants:rules.${rule}`) }))}
              />
            )}
          </Field>
        </div>
      </Section>
      {refused ? null : <Failure error={save.error} />}
      <Failure error={undo.error} />
      {may ? (
        <div className="form-end tenant-end">
          <span className="grow" role="status">
            {before ? (
              <>
                {t("tenants:saved")}{" "}
                <Button type="link" className="link-cell" onClick={() => undo.mutate(before)} loading={undo.isPending}>{t("tenants:undo")}</Button>
              </>
            ) : undo.isSuccess ? t("tenants:undone") : null}
          </span>
          <Button disabled={!changed || save.isPending} onClick={() => { setDraft(settingsOf(tenant)); save.reset(); }}>{t("tenants:discard")}</Button>
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!changed || wrong.length > 0}>{t("common:act.save")}</Button>
        </div>
      ) : null}
    </form>
  );
}
