// Tags of the company.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
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
import type { Account, Tag } from "@/shared/types";

export function Tags() {
  const { t } = useTranslation("tags");
  const { count } = useFormat();
  const may = useMay("tags:write");
  const [adding, setAdding] = useState(false);
  const add = <Button type="primary" onClick={() => setAdding(true)}>{t("add")}</Button>;
  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? add : null}>
      <List<Tag>
        queryKey={["tags"]} label={t("title")} rowKey={(x) => x.id} fetch={({ search }) => call(api.GET("/api/v1/tags", { params: { query: search ? { search } : {} } }))}
        empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (x) => x.name },
          { key: "group", title: t("group"), cell: (x) => x.group_name },
          { key: "people", title: t("people"), number: true, cell: (x) => count(x.people) },
        ]}
      />
      {adding ? <TagForm onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function TagForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("tags");
  const [names, setNames] = useState<string[]>([]);
  const [group, setGroup] = useState("");
  const accounts = useQuery({ queryKey: ["accounts", "all"], queryFn: (): Promise<{ items: Account[] }> => call(api.GET("/api/v1/accounts")) });
  const account = accounts.data?.items[0]?.id ?? "";
  const save = useAct(() => call(api.POST("/api/v1/tags", { body: { account_id: account, group: group.trim(), names } })), { renew: [["tags"]], then: onClose });
  return (
    <SideForm open title={t("add")} busy={save.isPending} error={save.error ?? accounts.error} blocked={names.length === 0 || group.trim() === "" || account === ""} onSubmit={() => save.mutate()} onClose={onClose}>
      <Field label={t("group")} hint={t("group_hint")}>{(id) => <Input id={id} value={group} onChange={(e) => setGroup(e.target.value)} maxLength={30} />}</Field>
      <Field label={t("names")} hint={t("names_hint")}>{(id) => <Select id={id} mode="tags" open={false} suffixIcon={null} tokenSeparators={[",", "，", "、"]} value={names} onChange={setNames} />}</Field>
    </SideForm>
  );
}
