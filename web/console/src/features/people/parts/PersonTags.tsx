// Tags of a person with their source; added and removed in place.
import { CloseOutlined } from "@ant-design/icons";
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useMay } from "@/shared/session";
import type { PersonTag, Tag } from "@/shared/types";
import { useWords } from "@/shared/words";

export function PersonTags({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const may = useMay("tags:write");
  const path = { params: { path: { id: person } } };
  const own = useQuery({ queryKey: ["person", person, "tags"], queryFn: (): Promise<{ items: PersonTag[] }> => call(api.GET("/api/v1/people/{id}/tags", path)) });
  const all = useQuery({ queryKey: ["tags", "all"], queryFn: (): Promise<{ items: Tag[] }> => call(api.GET("/api/v1/tags")), staleTime: 60_000 });
  const renew = { renew: [["person", person], ["tags"]] };
  const add = useAct((tag: string) => call(api.POST("/api/v1/people/{id}/tags", { ...path, body: { tags: [tag] } })), renew);
  const take = useAct((tag: string) => call(api.DELETE("/api/v1/people/{id}/tags/{tag}", { params: { path: { id: person, tag } } })), renew);
  const tags = own.data?.items ?? [];
  const has = new Set(tags.map((x) => x.tag_id));
  return (
    <div className="stack">
      <div className="row">
        {tags.map((tag) => (
          <span key={tag.tag_id} className="tag" title={tag.group_name}>
            {tag.name} <small className="faint">{words("people", "sources", tag.source)}</small>
            {may ? (
              <button type="button" className="tag-x" aria-label={t("tag_remove", { name: tag.name })} onClick={() => take.mutate(tag.tag_id)}>
                <CloseOutlined />
              </button>
            ) : null}
          </span>
        ))}
        {own.data && tags.length === 0 ? <span className="soft">{t("tags_none")}</span> : null}
      </div>
      {may ? (
        <Select
          showSearch optionFilterProp="label" placeholder={t("tag_add")} aria-label={t("tag_add")} value={null} loading={all.isPending}
          options={(all.data?.items ?? []).filter((x) => !has.has(x.id)).map((x) => ({ value: x.id, label: x.name }))} onChange={(id: string | null) => id && add.mutate(id)}
        />
      ) : null}
      <Failure error={own.error ?? add.error ?? take.error} />
    </div>
  );
}
