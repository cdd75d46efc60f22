// A wording to be read: sentences, indented as they belong together.
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Expr, type Group, type Line, opened } from "../model/tree";
import { useNames } from "./choices";
import { type Say, useSay } from "./say";
import "./segments.css";

export function WordsOf({ expr }: { expr: Expr }) {
  const root = useMemo(() => opened(expr), [expr]);
  const say = useSay(useNames(root));
  return <div className="seg-words"><GroupWords group={root} say={say} /></div>;
}

function GroupWords({ group, say }: { group: Group; say: Say }) {
  const { t } = useTranslation("segments");
  return (
    <>
      <span className="soft">{t(`groups.${group.kind}`)}</span>
      <ul>{group.lines.map((line: Line) => <li key={line.key}>{line.kind === "is" ? say(line.condition) : <GroupWords group={line} say={say} />}</li>)}</ul>
    </>
  );
}
