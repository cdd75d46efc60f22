// Makes a live code or changes where it leads. The picture stays the same.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { allGroups } from "@/shared/names";
import { SideForm } from "@/shared/SideForm";
import { StaffPick } from "@/shared/StaffPick";
import type { Account, CommunityRow, LiveCode, Tag, Welcome } from "@/shared/types";

export const channels = ["store_poster", "parcel_card", "payment_result", "official_account", "mini_program", "moments_ad", "service_entry", "referral", "live_room", "import"] as const;
type Channel = (typeof channels)[number];
type Props = { code: LiveCode | null; onClose: () => void; onSaved?: (code: LiveCode) => void };

const limit = { params: { query: { limit: 200 } } };

export function CodeForm({ code, onClose, onSaved }: Props) {
  const { t } = useTranslation("live_codes");
  const [title, setTitle] = useState(code?.title ?? "");
  const [target, setTarget] = useState(code?.target ?? "staff");
  const [hook, setHook] = useState(code?.hook ?? "");
  const [channel, setChannel] = useState<Channel>((code?.channel as Channel | undefined) ?? "store_poster");
  const [ids, setIds] = useState<string[]>(code?.target_ids ?? []);
  const [tags, setTags] = useState(code?.tag_ids ?? []);
  const [community, setCommunity] = useState(code?.community_id ?? null);
  const [welcome, setWelcome] = useState(code?.welcome_id ?? null);
  const groups = useQuery(allGroups);
  const allTags = useQuery({ queryKey: ["tags", "all"], queryFn: (): Promise<{ items: Tag[] }> => call(api.GET("/api/v1/tags")) });
  const communities = useQuery({ queryKey: ["communities", "all"], queryFn: (): Promise<{ items: CommunityRow[] }> => call(api.GET("/api/v1/communities", limit)) });
  const welcomes = useQuery({ queryKey: ["welcomes", "all"], queryFn: (): Promise<{ items: Welcome[] }> => call(api.GET("/api/v1/welcome/greetings", limit)) });
  const accounts = useQuery({ queryKey: ["accounts", "all"], queryFn: (): Promise<{ items: Account[] }> => call(api.GET("/api/v1/accounts")) });
  const account = code?.account_id ?? accounts.data?.items[0]?.id ?? "";
  const save = useAct(
    (): Promise<LiveCode> => {
      const body = {
        account_id: account, title: title.trim(), hook: hook.trim(), channel, target, target_ids: ids, tag_ids: tags, community_id: community, welcome_id: welcome,
        ...(code ? { organiser: code.organiser, store: code.store, skip_verify: code.skip_verify, overflow_name: code.overflow_name } : {}),
      };
      return code ? call(api.PUT("/api/v1/live-codes/{id}", { params: { path: { id: code.id } }, body })) : call(api.POST("/api/v1/live-codes", { body }));
    },
    {
      renew: [["live-codes"], ...(code ? [["live-code", code.id]] : [])],
      then: (saved) => {
        onClose();
        onSaved?.(saved);
      },
    },
  );
  const turn = (to: "staff" | "groups") => {
    setTarget(to);
    setIds([]);
  };
  return (
    <SideForm open title={code ? code.title : t("add")} busy={save.isPending} error={save.error ?? accounts.error} blocked={title.trim() === "" || hook.trim() === "" || ids.length === 0} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={title} maxLength={30} onChange={(e) => setTitle(e.target.value)} />}</Field>
      {code ? null : (
        <Field label={t("target")} hint={t(`target_hint.${target}`)}>
          {() => <Segmented value={target} onChange={turn} options={[{ value: "staff", label: t("targets.staff") }, { value: "groups", label: t("targets.groups") }]} aria-label={t("target")} />}
        </Field>
      )}
      <Field label={t("hook")} hint={t("hook_hint")}>{(id) => <Input id={id} value={hook} maxLength={40} onChange={(e) => setHook(e.target.value)} />}</Field>
      <Field label={t("channel")}>{(id) => <Select id={id} value={channel} onChange={setChannel} options={channels.map((c) => ({ value: c, label: t(`channels.${c}`) }))} />}</Field>
      {target === "staff" ? (
        <Field label={t("staff")}>{(id) => <StaffPick id={id} many value={ids} onChange={setIds} />}</Field>
      ) : (
        <Field label={t("groups")} hint={t("groups_hint")}>
          {(id) => <Select id={id} mode="multiple" maxCount={5} optionFilterProp="label" value={ids} onChange={setIds} options={(groups.data?.items ?? []).map((g) => ({ value: g.id, label: g.name }))} />}
        </Field>
      )}
      <Field label={t("community")} optional>
        {(id) => <Select id={id} allowClear value={community} onChange={(v: string | undefined) => setCommunity(v ?? null)} options={(communities.data?.items ?? []).map((c) => ({ value: c.id, label: c.name }))} />}
      </Field>
      {target === "staff" ? (
        <Field label={t("welcome")} optional hint={t("welcome_hint")}>
          {(id) => <Select id={id} allowClear value={welcome} onChange={(v: string | undefined) => setWelcome(v ?? null)} options={(welcomes.data?.items ?? []).filter((w) => w.audience === "contact").map((w) => ({ value: w.id, label: w.name }))} />}
        </Field>
      ) : null}
      <Field label={t("tags")} optional hint={t("tags_hint")}>
        {(id) => <Select id={id} mode="multiple" optionFilterProp="label" value={tags} onChange={setTags} options={(allTags.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} />}
      </Field>
    </SideForm>
  );
}
