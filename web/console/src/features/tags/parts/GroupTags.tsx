// Tags on groups: ours alone, the platform has none.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Popconfirm } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { ColourPick } from "@/shared/ColourPick";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { SideForm } from "@/shared/SideForm";
import { TagChip } from "@/shared/TagChip";
import type { GroupTagRow } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";

const renew = [["group-tags"], ["groups"], ["group"]];

export function GroupTags() {
  const { t } = useTranslation("tags");
  const { count } = useFormat();
  const may = useMay("tags:write");
  const [open, setOpen] = useState<GroupTagRow | "new" | null>(null);
  const query = useQuery({ queryKey: ["group-tags"], queryFn: (): Promise<{ items: GroupTagRow[] }> => call(api.GET("/api/v1/group-tags")) });
  const remove = useAct((id: string) => call(api.DELETE("/api/v1/group-tags/{id}", { params: { path: { id } } })), { renew });
  const items = query.data?.items ?? [];
  return (
    <Section title={t("group_tags")} extra={may ? <Button size="small" onClick={() => setOpen("new")}>{t("group_tag_add")}</Button> : null}>
      <p className="soft">{t("group_tags_why")}</p>
      <Failure error={query.error ?? remove.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={2} /> : null}
      {query.data && items.length === 0 ? <p className="soft">{t("group_tags_none")}</p> : null}
      <ul>
        {items.map((tag) => (
          <li key={tag.id} className="tag-line">
            <span className="grow"><TagChip name={tag.name} colour={tag.colour} /> <span className="soft">{t("groups_count", { n: count(tag.groups) })}</span></span>
            {may ? (
              <span className="row">
                <Button size="small" aria-label={t("edit_named", { name: tag.name })} onClick={() => setOpen(tag)}>{t("edit")}</Button>
                <Popconfirm title={t("group_tag_delete", { n: count(tag.groups) })} okText={t("delete")} onConfirm={() => remove.mutate(tag.id)}>
                  <Button size="small" danger aria-label={t("delete_named", { name: tag.name })}>{t("delete")}</Button>
                </Popconfirm>
              </span>
            ) : null}
          </li>
        ))}
      </ul>
      {open ? <GroupTagForm tag={open === "new" ? null : open} onClose={() => setOpen(null)} /> : null}
    </Section>
  );
}

function GroupTagForm({ tag, onClose }: { tag: GroupTagRow | null; onClose: () => void }) {
  const { t } = useTranslation("tags");
  const [name, setName] = useState(tag?.name ?? "");
  const [colour, setColour] = useState(tag?.colour ?? "");
  const body = { name: name.trim(), colour };
  const save = useAct(
    () => (tag ? call(api.PATCH("/api/v1/group-tags/{id}", { params: { path: { id: tag.id } }, body })) : call(api.POST("/api/v1/group-tags", { body }))),
    { renew, then: onClose },
  );
  return (
    <SideForm open title={tag ? t("edit_named", { name: tag.name }) : t("group_tag_add")} busy={save.isPending} error={save.error} blocked={name.trim() === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={name} onChange={(e) => setName(e.target.value)} maxLength={30} />}</Field>
      <ColourPick label={t("colour")} none={t("no_colour")} value={colour} onChange={setColour} />
    </SideForm>
  );
}
