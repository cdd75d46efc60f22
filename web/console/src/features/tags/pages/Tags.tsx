// Tags of the company.
import { api, call } from "@huoqun/api";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { SideForm } from "@/shared/SideForm";
import type { Tag } from "@/shared/types";

export function Tags() {
  const { t } = useTranslation("tags");
  const { count } = useFormat();
  const may = useMay("tags:write");
  const [adding, setAdding] = useState(false);
  const add = <Button type="primary" onClick={() => setAdding(true)}>{t("add")}</Button>;
  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? add : null}>
      <List<Tag>
        queryKey={["tags"]} label={t("title")} rowKey={(x) => x.id} fetch={(query) => call(api.GET("/api/v1/tags", { params: { query } }))}
        empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (x) => x.name },
          { key: "group", title: t("group"), cell: (x) => x.group_name ?? "" },
          { key: "people", title: t("people"), number: true, cell: (x) => (x.people === undefined ? "–" : count(x.people)) },
        ]}
      />
      {adding ? <TagForm onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function TagForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("tags");
  const [name, setName] = useState("");
  const [group, setGroup] = useState("");
  const save = useAct(() => call(api.POST("/api/v1/tags", { body: { name: name.trim(), group_name: group.trim() } })), { renew: [["tags"]], then: onClose });
  return (
    <SideForm open title={t("add")} busy={save.isPending} error={save.error} blocked={name.trim() === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("name")}>{(id) => <Input id={id} value={name} onChange={(e) => setName(e.target.value)} maxLength={30} />}</Field>
      <Field label={t("group")} hint={t("group_hint")}>{(id) => <Input id={id} value={group} onChange={(e) => setGroup(e.target.value)} maxLength={30} />}</Field>
    </SideForm>
  );
}
