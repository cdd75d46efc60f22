// How a tag ends: merged into another, or deleted after saying whom that touches.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import { useTagOptions } from "@/shared/TagPick";
import type { Tag, TagImpact } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";

const renew = [["tags"], ["people"], ["person"]];

function Impact({ tag }: { tag: Tag }) {
  const { t } = useTranslation("tags");
  const { count } = useFormat();
  const query = useQuery({ queryKey: ["tags", "impact", tag.id], queryFn: (): Promise<TagImpact> => call(api.GET("/api/v1/tags/{id}/impact", { params: { path: { id: tag.id } } })) });
  return (
    <>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={2} /> : null}
      {query.data ? <p className="note">{t("touches", { n: count(query.data.people) })}</p> : null}
      {query.data && query.data.users.length > 0 ? (
        <div>
          <p>{t("used_by")}</p>
          <ul className="row">{query.data.users.map((name) => <li key={name} className="tag">{name}</li>)}</ul>
        </div>
      ) : null}
    </>
  );
}

export function Remove({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { t } = useTranslation("tags");
  const remove = useAct(() => call(api.DELETE("/api/v1/tags/{id}", { params: { path: { id: tag.id } } })), { renew, then: onClose });
  return (
    <SideForm open title={t("delete_named", { name: tag.name })} submit={t("delete")} busy={remove.isPending} error={remove.error} onSubmit={() => remove.mutate()} onClose={onClose}>
      <Impact tag={tag} />
      <p>{t("delete_why")}</p>
      <p className="soft">{t("restore_how")}</p>
    </SideForm>
  );
}

export function MergeForm({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { t } = useTranslation("tags");
  const [into, setInto] = useState<string | null>(null);
  const { options } = useTagOptions();
  const others = options.map((g) => ({ ...g, options: g.options.filter((o) => o.value !== tag.id) }));
  const merge = useAct(() => call(api.POST("/api/v1/tags/{id}/merge", { params: { path: { id: tag.id } }, body: { into: into ?? "" } })), { renew, then: onClose });
  return (
    <SideForm open title={t("merge_named", { name: tag.name })} submit={t("merge")} busy={merge.isPending} error={merge.error} blocked={into === null} onSubmit={() => merge.mutate()} onClose={onClose}>
      <Impact tag={tag} />
      <Field label={t("merge_into")}>{(id) => <Select id={id} showSearch optionFilterProp="label" value={into} options={others} onChange={setInto} />}</Field>
      <p className="soft">{t("merge_how")}</p>
    </SideForm>
  );
}
