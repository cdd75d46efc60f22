// Tags of a person with their source; added and removed in place.
import { CloseOutlined } from "@ant-design/icons";
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useMay } from "@/shared/session";
import type { Person, Tag } from "@/shared/types";
import { useWords } from "@/shared/words";

export function PersonTags({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const may = useMay("tags:write");
  const all = useQuery({ queryKey: ["tags", "all"], queryFn: (): Promise<{ items: Tag[] }> => call(api.GET("/api/v1/tags", { params: { query: { limit: 200 } } })), staleTime: 60_000 });
  const change = useAct(
    (body: { add: string[]; remove: string[] }) => call(api.POST("/api/v1/people/{id}/tags", { params: { path: { id: person.id } }, body })),
    { renew: [["person", person.id], ["people"]] },
  );
  const own = new Set(person.tags.map((x) => x.id));
  return (
    <div className="stack">
      <div className="row">
        {person.tags.map((tag) => (
          <span key={tag.id} className="tag" title={words("people", "sources", tag.source)}>
            {tag.name} <small className="faint">{words("people", "sources", tag.source)}</small>
            {may ? (
              <button type="button" className="tag-x" aria-label={t("tag_remove", { name: tag.name })} onClick={() => change.mutate({ add: [], remove: [tag.id] })}>
                <CloseOutlined />
              </button>
            ) : null}
          </span>
        ))}
        {person.tags.length === 0 ? <span className="soft">{t("tags_none")}</span> : null}
      </div>
      {may ? (
        <Select
          showSearch optionFilterProp="label" placeholder={t("tag_add")} aria-label={t("tag_add")} value={null} loading={all.isPending}
          options={(all.data?.items ?? []).filter((x) => !own.has(x.id)).map((x) => ({ value: x.id, label: x.name }))}
          onChange={(id: string | null) => id && change.mutate({ add: [id], remove: [] })}
        />
      ) : null}
      <Failure error={change.error} />
    </div>
  );
}
