// Tags of a person with their source; added and removed in place.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import { TagChip } from "@/shared/TagChip";
import { useTagOptions } from "@/shared/TagPick";
import type { PersonTagPage } from "@/shared/types";
import { useWords } from "@/shared/words";

export function PersonTags({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const may = useMay("tags:write");
  const path = { params: { path: { id: person } } };
  const own = useQuery({ queryKey: ["person", person, "tags"], queryFn: (): Promise<PersonTagPage> => call(api.GET("/api/v1/people/{id}/tags", path)) });
  const all = useTagOptions();
  const renew = { renew: [["person", person], ["tags"]] };
  const add = useAct((tag: string) => call(api.POST("/api/v1/people/{id}/tags", { ...path, body: { tags: [tag] } })), renew);
  const take = useAct((tag: string) => call(api.DELETE("/api/v1/people/{id}/tags/{tag}", { params: { path: { id: person, tag } } })), renew);
  const tags = own.data?.items ?? [];
  const has = new Set(tags.map((x) => x.tag_id));
  return (
    <div className="stack">
      <div className="row">
        {tags.map((tag) => {
          const told = { group: tag.group_name, source: words("people", "sources", tag.source), when: dayAndClock(tag.applied_at) };
          return (
            <TagChip
              key={tag.tag_id} name={tag.name} colour={tag.colour} note={words("people", "sources", tag.source)}
              detail={tag.cause ? t("tag_from_cause", { ...told, cause: tag.cause }) : t("tag_from", told)}
              {...(may ? { remove: { label: t("tag_remove", { name: tag.name }), run: () => take.mutate(tag.tag_id) } } : {})}
            />
          );
        })}
        {own.data && tags.length === 0 ? <span className="soft">{t("tags_none")}</span> : null}
      </div>
      {may ? (
        <Select
          showSearch optionFilterProp="label" placeholder={t("tag_add")} aria-label={t("tag_add")} value={null} loading={all.pending}
          options={all.options.map((g) => ({ ...g, options: g.options.filter((x) => !has.has(x.value)) }))} onChange={(id: string | null) => id && add.mutate(id)}
        />
      ) : null}
      {own.data && own.data.bonds === 0 && tags.length > 0 ? <p className="soft">{t("local_only")}</p> : null}
      <Failure error={own.error ?? add.error ?? take.error} />
    </div>
  );
}
