// Tags that were deleted in the last 30 days; bringing one back is said plainly.
import { api, call } from "@huoqun/api";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { DeletedTag } from "@/shared/types";

export function Deleted({ tags }: { tags: DeletedTag[] }) {
  const { t } = useTranslation("tags");
  const { count, when } = useFormat();
  const may = useMay("tags:write");
  const restore = useAct((id: string) => call(api.POST("/api/v1/tags/{id}/restore", { params: { path: { id } } })), { renew: [["tags"]] });
  if (tags.length === 0) return null;
  return (
    <Section title={t("deleted")}>
      <p className="soft">{t("restore_how")}</p>
      <Failure error={restore.error} />
      <ul>
        {tags.map((tag) => (
          <li key={tag.id} className="tag-line">
            <span className="grow">
              {tag.group_name} / {tag.name} <span className="soft">{t("deleted_when", { when: when(tag.deleted_at), n: count(tag.people) })}</span>
            </span>
            {may ? <Button size="small" loading={restore.isPending && restore.variables === tag.id} aria-label={t("restore_named", { name: tag.name })} onClick={() => restore.mutate(tag.id)}>{t("restore")}</Button> : null}
          </li>
        ))}
      </ul>
    </Section>
  );
}
