// The wording as lines that can be read aloud: indented groups, each line with its own live count, edited in place.
import { DownOutlined, HolderOutlined, MoreOutlined, UpOutlined } from "@ant-design/icons";
import { Button, Dropdown, Select } from "antd";
import { type DragEvent, type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { sentence } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { unfinished } from "../model/terms";
import { doubled, type Group, type GroupKind, group, groupKinds, inserted, type Leaf, leaf, type Line, moved, placeOf, type Ref, regrouped, reworded, stepped, unwrapped, without, wrapped } from "../model/tree";
import { AddTerm } from "./AddTerm";
import { ConditionEdit } from "./ConditionEdit";
import type { Say } from "./say";
import type { Builder } from "./useBuilder";

type Shared = {
  builder: Builder; say: Say; name: (ref: Ref) => string;
  /** Whether each line holds for the person that is looked at. */
  holds: ReadonlyMap<string, boolean> | null;
  dragged: string | null; setDragged: (key: string | null) => void;
};

export function Lines({ builder, say, name, holds }: Omit<Shared, "dragged" | "setDragged">) {
  const [dragged, setDragged] = useState<string | null>(null);
  return <GroupLines shared={{ builder, say, name, holds, dragged, setDragged }} group={builder.root} depth={0} />;
}

type GroupProps = { shared: Shared; group: Group; depth: number };

function GroupLines({ shared, group: own, depth }: GroupProps) {
  const { t } = useTranslation("segments");
  const { builder } = shared;
  const put = (line: Line) => builder.edit((root) => inserted(root, own.key, own.lines.length, line), "", line.kind === "is" ? line.key : undefined);
  const within = depth === 0 ? t("outermost") : t(`groups.${own.kind}`);
  return (
    <div className={depth === 0 ? "seg-group seg-root" : "seg-group"}>
      <div className="seg-head">
        {depth > 0 ? <Grip shared={shared} line={own} /> : null}
        <Select<GroupKind>
          data-line={own.key} size="small" value={own.kind} aria-label={t("group_kind", { group: within })} popupMatchSelectWidth={false} onKeyDown={depth > 0 ? keys(shared, own) : undefined}
          options={groupKinds.map((k) => ({ value: k, label: t(`groups.${k}`) }))} onChange={(kind) => builder.edit((root) => regrouped(root, own.key, kind))}
        />
        <span className="grow" />
        <Held holds={shared.holds} line={own.key} />
        {depth > 0 || own.lines.length > 1 ? <CountOf builder={builder} line={own.key} /> : null}
        {depth > 0 ? <Menu shared={shared} line={own} words={t(`groups.${own.kind}`)} /> : null}
      </div>
      {own.lines.length === 0 ? <p className="soft seg-none">{depth === 0 ? t("root_empty") : t("group_empty")}</p> : null}
      <ul className="seg-lines">
        {own.lines.map((line, at) => (
          <li key={line.key} className={shared.dragged === line.key ? "dragged" : undefined} {...dropHere(shared, own.key, at)}>
            {line.kind === "is" ? <LeafLine shared={shared} line={line} /> : <GroupLines shared={shared} group={line} depth={depth + 1} />}
          </li>
        ))}
      </ul>
      <div {...dropHere(shared, own.key, own.lines.length)}>
        <AddTerm
          within={within} onGroup={(kind) => put(group(kind))}
          onTerm={(term) => {
            const line = leaf(term.make());
            put(line);
            builder.setOpenKey(line.key);
          }}
        />
      </div>
    </div>
  );
}

function LeafLine({ shared, line }: { shared: Shared; line: Leaf }) {
  const { t } = useTranslation(["segments", "common"]);
  const { builder, say, name } = shared;
  const open = builder.openKey === line.key;
  const missing = unfinished(line.condition);
  const wrong = builder.wrongKey === line.key;
  const words = say(line.condition);
  return (
    <div className={wrong ? "seg-leaf wrong" : "seg-leaf"}>
      <div className="seg-row">
        <Grip shared={shared} line={line} />
        <button type="button" className="seg-say" data-line={line.key} aria-expanded={open} aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown Delete" onKeyDown={keys(shared, line)} onClick={() => builder.setOpenKey(open ? null : line.key)}>
          <span>{words}</span>
          {open ? <UpOutlined className="faint" aria-hidden /> : <DownOutlined className="faint" aria-hidden />}
        </button>
        <Held holds={shared.holds} line={line.key} />
        {missing ? <span className="seg-missing">{t("segments:missing")}</span> : <CountOf builder={builder} line={line.key} />}
        <Menu shared={shared} line={line} words={words} />
      </div>
      {wrong ? <p className="bad seg-wrong" role="alert">{sentence(builder.error, t as never)}</p> : null}
      {open ? <ConditionEdit value={line.condition} name={name} onChange={(condition) => builder.edit((root) => reworded(root, line.key, condition), `edit ${line.key}`)} /> : null}
    </div>
  );
}

/** How many it holds for by itself; grey while a newer answer is on its way. */
function CountOf({ builder, line }: { builder: Builder; line: string }) {
  const { t } = useTranslation("segments");
  const { count } = useFormat();
  const n = builder.counts?.get(line);
  return <span className={builder.fresh && !builder.settling ? "seg-count" : "seg-count old"}>{n === undefined ? "" : t("people", { n: count(n) })}</span>;
}

function Held({ holds, line }: { holds: ReadonlyMap<string, boolean> | null; line: string }) {
  const { t } = useTranslation("segments");
  const is = holds?.get(line);
  if (is === undefined) return null;
  return <span className={is ? "seg-held yes" : "seg-held"}>{is ? t("holds") : t("holds_not")}</span>;
}

function Grip({ shared, line }: { shared: Shared; line: Line }) {
  return (
    <span
      className="seg-grip faint" draggable aria-hidden onDragEnd={() => shared.setDragged(null)}
      onDragStart={(e: DragEvent) => {
        e.stopPropagation();
        e.dataTransfer.effectAllowed = "move";
        shared.setDragged(line.key);
      }}
    >
      <HolderOutlined />
    </span>
  );
}

function dropHere(shared: Shared, into: string, at: number) {
  const { dragged, builder, setDragged } = shared;
  return {
    onDragOver: (e: DragEvent) => {
      if (dragged) e.preventDefault();
    },
    onDrop: (e: DragEvent) => {
      if (!dragged) return;
      e.preventDefault();
      e.stopPropagation();
      builder.edit((root) => moved(root, dragged, into, at), "", dragged);
      setDragged(null);
    },
  };
}

/** What can be done with a line besides editing it. */
function acts({ builder }: Shared, line: Line) {
  const from = placeOf(builder.root, line.key);
  const beside = from?.parent.lines[from.at + 1] ?? from?.parent.lines[from.at - 1];
  return {
    up: () => builder.edit((root) => stepped(root, line.key, -1), "", line.key),
    down: () => builder.edit((root) => stepped(root, line.key, 1), "", line.key),
    double: () => builder.edit((root) => doubled(root, line.key)),
    wrap: (kind: GroupKind) => builder.edit((root) => wrapped(root, line.key, kind), "", line.key),
    unwrap: () => builder.edit((root) => unwrapped(root, line.key)),
    remove: () => builder.edit((root) => without(root, line.key), "", beside?.key),
  };
}

function Menu({ shared, line, words }: { shared: Shared; line: Line; words: string }) {
  const { t } = useTranslation("segments");
  const can = acts(shared, line);
  const items = [
    { key: "up", label: t("act.up"), onClick: can.up },
    { key: "down", label: t("act.down"), onClick: can.down },
    { key: "double", label: t("act.double"), onClick: can.double },
    ...groupKinds.map((kind) => ({ key: kind, label: t(`act.into_${kind}`), onClick: () => can.wrap(kind) })),
    ...(line.kind === "is" ? [] : [{ key: "unwrap", label: t("act.unwrap"), onClick: can.unwrap }]),
    { key: "remove", label: t("act.remove"), danger: true, onClick: can.remove },
  ];
  return (
    <Dropdown menu={{ items }} trigger={["click"]}>
      <Button size="small" type="text" icon={<MoreOutlined />} aria-label={t("act.more", { line: words })} />
    </Dropdown>
  );
}

/** Keys on a line: the arrows walk, with Alt they move the line; Delete removes it, Ctrl D doubles it. */
function keys(shared: Shared, line: Line) {
  return (event: KeyboardEvent<HTMLElement>) => {
    const can = acts(shared, line);
    const done = (run: () => void) => {
      event.preventDefault();
      event.stopPropagation();
      run();
    };
    if (event.altKey && event.key === "ArrowUp") return done(can.up);
    if (event.altKey && event.key === "ArrowDown") return done(can.down);
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") return done(can.double);
    if (event.key === "Delete") return done(can.remove);
    if (line.kind === "is" && (event.key === "ArrowUp" || event.key === "ArrowDown")) return done(() => walk(line.key, event.key === "ArrowUp" ? -1 : 1));
  };
}

function walk(key: string, way: -1 | 1) {
  const all = [...document.querySelectorAll<HTMLElement>(".seg-say[data-line]")];
  all[all.findIndex((el) => el.dataset["line"] === key) + way]?.focus();
}
