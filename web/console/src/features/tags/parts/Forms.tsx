// New tags, and a tag's or tag group's name and colour.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { AutoComplete, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { ColourPick } from "@/shared/ColourPick";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import { useTagOptions } from "@/shared/TagPick";
import type { Account, Tag, TagGroup } from "@/shared/types";

const renew = [["tags"], ["people"], ["person"]];

export function TagForm({ tag, onClose }: { tag: Tag | null; onClose: () => void }) {
  return tag ? <EditTag tag={tag} onClose={onClose} /> : <NewTags onClose={onClose} />;
}

function NewTags({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("tags");
  const [names, setNames] = useState<string[]>([]);
  const [group, setGroup] = useState("");
  const [colour, setColour] = useState("");
  const { options } = useTagOptions();
  const accounts = useQuery({ queryKey: ["accounts", "all"], queryFn: (): Promise<{ items: Account[] }> => call(api.GET("/api/v1/accounts")) });
  const account = accounts.data?.items[0]?.id ?? "";
  const save = useAct(() => call(api.POST("/api/v1/tags", { body: { account_id: account, group: group.trim(), names, colour } })), { renew, then: onClose });
  return (
    <SideForm open title={t("add")} busy={save.isPending} error={save.error ?? accounts.error} blocked={names.length === 0 || group.trim() === "" || account === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("group")} hint={t("group_hint")}>{(id) => <AutoComplete id={id} value={group} onChange={setGroup} maxLength={30} options={options.map((g) => ({ value: g.label }))} />}</Field>
      <Field label={t("names")} hint={t("names_hint")}>{(id) => <Select id={id} mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", "、"]} value={names} onChange={setNames} />}</Field>
      <ColourPick label={t("colour")} none={t("as_group")} value={colour} onChange={setColour} />
      <p className="soft">{t("limits")}</p>
    </SideForm>
  );
}

function EditTag({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { t } = useTranslation("tags");
  const [name, setName] = useState(tag.name);
  const [colour, setColour] = useState(tag.colour);
  const body = { ...(name.trim() === tag.name ? {} : { name: name.trim() }), colour };
  const save = useAct(() => call(api.PATCH("/api/v1/tags/{id}", { params: { path: { id: tag.id } }, body })), { renew, then: onClose });
  return (
    <SideForm open title={t("edit_named", { name: tag.name })} busy={save.isPending} error={save.error} blocked={name.trim() === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")} hint={t("rename_hint")}>{(id) => <Input id={id} value={name} onChange={(e) => setName(e.target.value)} maxLength={30} />}</Field>
      <ColourPick label={t("colour")} none={t("as_group")} value={colour} onChange={setColour} />
      <p className="soft">{t("move_hint")}</p>
    </SideForm>
  );
}

export function GroupForm({ group, onClose }: { group: TagGroup; onClose: () => void }) {
  const { t } = useTranslation("tags");
  const [name, setName] = useState(group.name);
  const [colour, setColour] = useState(group.colour);
  const body = { ...(name.trim() === group.name ? {} : { name: name.trim() }), colour };
  const save = useAct(() => call(api.PATCH("/api/v1/tag-groups/{id}", { params: { path: { id: group.id } }, body })), { renew, then: onClose });
  return (
    <SideForm open title={t("edit_named", { name: group.name })} busy={save.isPending} error={save.error} blocked={name.trim() === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")} hint={t("rename_hint")}>{(id) => <Input id={id} value={name} onChange={(e) => setName(e.target.value)} maxLength={30} />}</Field>
      <ColourPick label={t("colour")} none={t("no_colour")} value={colour} onChange={setColour} />
    </SideForm>
  );
}
