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
import { allGroups } from "@/shared/names";
import { Section } from "@/shared/Page";
import { SideForm } from "@/shared/SideForm";
import type { Community } from "@/shared/types";

export function CommunityGroups({ community, editable }: { community: Community; editable: boolean }) {
  const { t } = useTranslation("communities");
  const { count } = useFormat();
  const [adding, setAdding] = useState(false);
  const changes = editable && community.status !== "closed";
  const remove = useAct((group: string) => call(api.DELETE("/api/v1/communities/{id}/groups/{group}", { params: { path: { id: community.id, group } } })), {
    renew: [["community", community.id], ["communities"], ["groups"]], tellErrors: true,
  });
  return (
    <Section title={t("groups")} extra={changes ? <Button size="small" onClick={() => setAdding(true)}>{t("choose_groups")}</Button> : null}>
      {community.groups.length === 0 ? <p className="soft">{t("groups_none")}</p> : (
        <Rows
          rows={community.groups} rowKey={(g) => g.id} label={t("groups")}
          columns={[
            { key: "name", title: t("name"), main: true, cell: (g) => <Link to="/groups/$id" params={{ id: g.id }}>{g.name}</Link> },
            { key: "owner", title: t("owner"), cell: (g) => g.owner_name ?? "" },
            { key: "members", title: t("members"), number: true, cell: (g) => count(g.eligible) },
            { key: "act", title: "", cell: (g) => (changes ? <Button size="small" loading={remove.isPending && remove.variables === g.id} onClick={() => remove.mutate(g.id)}>{t("take_out")}</Button> : null) },
          ]}
        />
      )}
      {adding ? <AddGroups community={community} onClose={() => setAdding(false)} /> : null}
    </Section>
  );
}

function AddGroups({ community, onClose }: { community: Community; onClose: () => void }) {
  const { t } = useTranslation("communities");
  const all = useQuery(allGroups);
  const [chosen, setChosen] = useState<string[]>([]);
  const save = useAct(() => call(api.POST("/api/v1/communities/{id}/groups", { params: { path: { id: community.id } }, body: { groups: chosen } })), {
    renew: [["community", community.id], ["communities"], ["groups"]], then: onClose,
  });
  const free = (all.data?.items ?? []).filter((g) => !g.community_id);
  return (
    <SideForm open title={t("choose_groups")} busy={save.isPending} error={save.error ?? all.error} blocked={chosen.length === 0} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("groups")} hint={t("choose_hint")}>
        {(id) => <Select id={id} mode="multiple" optionFilterProp="label" value={chosen} onChange={setChosen} options={free.map((g) => ({ value: g.id, label: `${g.name} (${g.members})` }))} />}
      </Field>
    </SideForm>
  );
}
