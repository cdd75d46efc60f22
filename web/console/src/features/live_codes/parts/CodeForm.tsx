// Makes a live code or changes where it leads. The picture stays the same.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import { StaffPick } from "@/shared/StaffPick";
import type { GroupRow, LiveCode, Tag } from "@/shared/types";

export const channels = ["store_poster", "parcel_card", "payment_result", "official_account", "mini_program", "moments_ad", "referral", "live_room", "other"] as const;

export function CodeForm({ code, onClose }: { code: LiveCode | null; onClose: () => void }) {
  const { t } = useTranslation("live_codes");
  const [name, setName] = useState(code?.name ?? "");
  const [target, setTarget] = useState(code?.target ?? "staff");
  const [hook, setHook] = useState(code?.hook ?? "");
  const [channel, setChannel] = useState(code?.channel ?? "store_poster");
  const [staff, setStaff] = useState(code?.staff.map((s) => s.id) ?? []);
  const [groups, setGroups] = useState(code?.groups.map((g) => g.id) ?? []);
  const [tags, setTags] = useState(code?.tag_ids ?? []);
  const allGroups = useQuery({ queryKey: ["groups", "all"], queryFn: (): Promise<{ items: GroupRow[] }> => call(api.GET("/api/v1/groups", { params: { query: { limit: 200 } } })) });
  const allTags = useQuery({ queryKey: ["tags", "all"], queryFn: (): Promise<{ items: Tag[] }> => call(api.GET("/api/v1/tags", { params: { query: { limit: 200 } } })) });
  const save = useAct(
    () => {
      const body = { name: name.trim(), target, hook: hook.trim(), channel, staff_ids: target === "staff" ? staff : [], group_ids: target === "group" ? groups : [], tag_ids: tags };
      return code ? call(api.PATCH("/api/v1/live-codes/{id}", { params: { path: { id: code.id } }, body })) : call(api.POST("/api/v1/live-codes", { body }));
    },
    { renew: [["live-codes"], ...(code ? [["live-code", code.id]] : [])], then: onClose },
  );
  return (
    <SideForm open title={code ? code.name : t("add")} busy={save.isPending} error={save.error} blocked={name.trim() === "" || hook.trim() === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={name} maxLength={30} onChange={(e) => setName(e.target.value)} />}</Field>
      {code ? null : (
        <Field label={t("target")} hint={t(target === "staff" ? "target_hint.staff" : "target_hint.group")}>
          {() => <Segmented value={target} onChange={setTarget} options={[{ value: "staff", label: t("targets.staff") }, { value: "group", label: t("targets.group") }]} aria-label={t("target")} />}
        </Field>
      )}
      <Field label={t("hook")} hint={t("hook_hint")}>{(id) => <Input id={id} value={hook} maxLength={60} onChange={(e) => setHook(e.target.value)} />}</Field>
      <Field label={t("channel")}>{(id) => <Select id={id} value={channel} onChange={setChannel} options={channels.map((c) => ({ value: c, label: t(`channels.${c}`) }))} />}</Field>
      {target === "staff" ? (
        <Field label={t("staff")}>{(id) => <StaffPick id={id} many value={staff} onChange={setStaff} />}</Field>
      ) : (
        <Field label={t("groups")} hint={t("groups_hint")}>
          {(id) => <Select id={id} mode="multiple" maxCount={5} optionFilterProp="label" value={groups} onChange={setGroups} options={(allGroups.data?.items ?? []).map((g) => ({ value: g.id, label: g.name }))} />}
        </Field>
      )}
      <Field label={t("tags")} optional hint={t("tags_hint")}>
        {(id) => <Select id={id} mode="multiple" optionFilterProp="label" value={tags} onChange={setTags} options={(allTags.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} />}
      </Field>
    </SideForm>
  );
}
