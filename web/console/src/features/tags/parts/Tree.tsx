// Groups and tags in their order: dragged, or moved by buttons that a keyboard reaches.
import { ArrowDownOutlined, ArrowUpOutlined, HolderOutlined } from "@ant-design/icons";
import { api, call } from "@huoqun/api";
import { Button } from "antd";
import { type DragEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import { TagChip } from "@/shared/TagChip";
import type { Tag, TagGroup } from "@/shared/types";
import type { Open } from "../pages/Tags";

type Order = { group: string | null; ids: string[] };

/** The list with one thing put where another is. */
export function moved(ids: string[], id: string, to: number): string[] {
  const rest = ids.filter((x) => x !== id);
  rest.splice(Math.max(0, Math.min(to, rest.length)), 0, id);
  return rest;
}

export function Tree({ groups, tags, whole, onOpen }: { groups: TagGroup[]; tags: Tag[]; whole: boolean; onOpen: (open: Open) => void }) {
  const { t } = useTranslation("tags");
  const { count } = useFormat();
  const may = useMay("tags:write") && whole;
  const order = useAct((body: Order) => call(api.PUT("/api/v1/tags/order", { body })), { renew: [["tags"]] });
  const shown = groups.map((group) => ({ group, tags: tags.filter((x) => x.group_id === group.id) })).filter((g) => whole || g.tags.length > 0);
  const groupIds = shown.map((g) => g.group.id);
  return (
    <>
      <Failure error={order.error} />
      <ul className="tag-tree" aria-label={t("title")}>
        {shown.map(({ group, tags: own }, at) => (
          <li key={group.id} className="section">
            <div className="section-head">
              <h2>{group.name} <span className="soft">{t("tag_count", { n: count(own.length) })}</span></h2>
              <span className="row">
                {may ? <Moves name={group.name} at={at} last={shown.length - 1} busy={order.isPending} onMove={(to) => order.mutate({ group: null, ids: moved(groupIds, group.id, to) })} /> : null}
                {may ? <Button size="small" onClick={() => onOpen({ what: "group", group })}>{t("edit")}</Button> : null}
              </span>
            </div>
            <Branch tags={own} may={may} busy={order.isPending} onOrder={(ids) => order.mutate({ group: group.id, ids })} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </>
  );
}

type BranchProps = { tags: Tag[]; may: boolean; busy: boolean; onOrder: (ids: string[]) => void; onOpen: (open: Open) => void };

function Branch({ tags, may, busy, onOrder, onOpen }: BranchProps) {
  const { t } = useTranslation("tags");
  const { count } = useFormat();
  const mayWrite = useMay("tags:write");
  const [dragged, setDragged] = useState<string | null>(null);
  const ids = tags.map((x) => x.id);
  const drop = (to: number) => (event: DragEvent) => {
    event.preventDefault();
    if (dragged && ids.includes(dragged)) onOrder(moved(ids, dragged, to));
    setDragged(null);
  };
  if (tags.length === 0) return <p className="soft">{t("group_empty")}</p>;
  return (
    <ul>
      {tags.map((tag, at) => (
        <li
          key={tag.id} className={dragged === tag.id ? "tag-line dragged" : "tag-line"} draggable={may}
          onDragStart={() => setDragged(tag.id)} onDragEnd={() => setDragged(null)} onDragOver={(e) => e.preventDefault()} onDrop={drop(at)}
        >
          {may ? <HolderOutlined className="faint grip" aria-hidden /> : null}
          <span className="grow">
            <TagChip name={tag.name} colour={tag.colour || tag.group_colour} />{" "}
            <span className="soft">{t("people_count", { n: count(tag.people) })}</span>
            {tag.platform_id === "" ? <span className="faint"> {t("not_there_yet")}</span> : tag.edit_pending ? <span className="faint"> {t("edit_pending")}</span> : null}
            {tag.refused ? <span className="bad tag-refused">{t(`refused.${tag.refused.replace("tags.", "") as "not_ours"}`)}</span> : null}
          </span>
          {mayWrite ? (
            <span className="row">
              {may ? <Moves name={tag.name} at={at} last={tags.length - 1} busy={busy} onMove={(to) => onOrder(moved(ids, tag.id, to))} /> : null}
              <Button size="small" aria-label={t("edit_named", { name: tag.name })} onClick={() => onOpen({ what: "edit", tag })}>{t("edit")}</Button>
              <Button size="small" aria-label={t("merge_named", { name: tag.name })} onClick={() => onOpen({ what: "merge", tag })}>{t("merge")}</Button>
              <Button size="small" danger aria-label={t("delete_named", { name: tag.name })} onClick={() => onOpen({ what: "delete", tag })}>{t("delete")}</Button>
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Moves({ name, at, last, busy, onMove }: { name: string; at: number; last: number; busy: boolean; onMove: (to: number) => void }) {
  const { t } = useTranslation("tags");
  return (
    <>
      <Button size="small" type="text" icon={<ArrowUpOutlined />} aria-label={t("up", { name })} disabled={at === 0 || busy} onClick={() => onMove(at - 1)} />
      <Button size="small" type="text" icon={<ArrowDownOutlined />} aria-label={t("down", { name })} disabled={at === last || busy} onClick={() => onMove(at + 1)} />
    </>
  );
}
