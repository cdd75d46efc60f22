// The groups of a community; which ones belong to it is chosen here.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { Rows } from "@/shared/List";
import { Section } from "@/shared/Page";
import { SideForm } from "@/shared/SideForm";
import type { Community, GroupRow } from "@/shared/types";

export function CommunityGroups({ community, editable }: { community: Community; editable: boolean }) {
  const { t } = useTranslation("communities");
  const { count } = useFormat();
  const [choosing, setChoosing] = useState(false);
  const all = useQuery({ queryKey: ["groups", "all"], queryFn: (): Promise<{ items: GroupRow[] }> => call(api.GET("/api/v1/groups", { params: { query: { limit: 200 } } })) });
  const own = (all.data?.items ?? []).filter((g) => community.group_ids.includes(g.id));
  return (
    <Section title={t("groups")} extra={editable ? <Button size="small" onClick={() => setChoosing(true)}>{t("choose_groups")}</Button> : null}>
      {own.length === 0 ? <p className="soft">{t("groups_none")}</p> : (
        <Rows
          rows={own} rowKey={(g) => g.id} label={t("groups")}
          columns={[
            { key: "name", title: t("name"), main: true, cell: (g) => <Link to="/groups/$id" params={{ id: g.id }}>{g.name}</Link> },
            { key: "owner", title: t("owner"), cell: (g) => g.owner_name ?? "" },
            { key: "members", title: t("members"), number: true, cell: (g) => count(g.members) },
          ]}
        />
      )}
      {choosing ? <GroupForm community={community} groups={all.data?.items ?? []} onClose={() => setChoosing(false)} /> : null}
    </Section>
  );
}

function GroupForm({ community, groups, onClose }: { community: Community; groups: GroupRow[]; onClose: () => void }) {
  const { t } = useTranslation("communities");
  const [chosen, setChosen] = useState(community.group_ids);
  const save = useAct(() => call(api.PATCH("/api/v1/communities/{id}", { params: { path: { id: community.id } }, body: { group_ids: chosen } })), {
    renew: [["community", community.id], ["communities"], ["groups"]], then: onClose,
  });
  const free = groups.filter((g) => !g.community_id || g.community_id === community.id);
  return (
    <SideForm open title={t("choose_groups")} busy={save.isPending} error={save.error} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("groups")} hint={t("choose_hint")}>
        {(id) => <Select id={id} mode="multiple" optionFilterProp="label" value={chosen} onChange={setChosen} options={free.map((g) => ({ value: g.id, label: `${g.name} (${g.members})` }))} />}
      </Field>
    </SideForm>
  );
}
