// The tags of a group; ours alone.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useMay } from "@/shared/session";
import { TagChip } from "@/shared/TagChip";
import type { Group, GroupTagRow } from "@/shared/types";

export function GroupTags({ group, tags }: { group: string; tags: Group["tags"] }) {
  const { t } = useTranslation("groups");
  const may = useMay("groups:write");
  const all = useQuery({ queryKey: ["group-tags"], queryFn: (): Promise<{ items: GroupTagRow[] }> => call(api.GET("/api/v1/group-tags")) });
  const set = useAct((ids: string[]) => call(api.PUT("/api/v1/groups/{id}/tags", { params: { path: { id: group } }, body: { tags: ids } })), { renew: [["group", group], ["groups"], ["group-tags"]] });
  return (
    <div className="stack">
      <h3>{t("tags")}</h3>
      <div className="row">{tags.map((x) => <TagChip key={x.id} name={x.name} colour={x.colour} />)}</div>
      {may ? (
        <Select
          mode="multiple" optionFilterProp="label" placeholder={t("tags_pick")} aria-label={t("tags_pick")} value={tags.map((x) => x.id)} loading={set.isPending}
          options={(all.data?.items ?? []).map((x) => ({ value: x.id, label: x.name }))} onChange={(ids: string[]) => set.mutate(ids)}
        />
      ) : null}
      <p className="soft">{t("tags_hint")} <Link to="/people/tags">{t("tags_make")}</Link></p>
      <Failure error={all.error ?? set.error} />
    </div>
  );
}
