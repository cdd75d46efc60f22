// A number that answers on tap: what it means and how it is made, over which window, from which source, how fresh.
import { Popover } from "antd";
import { type ReactNode, useContext } from "react";
import { useTranslation } from "react-i18next";
import { DefinitionsContext } from "./definitions";
import { useFormat } from "./format";
import { useWords } from "./words";

type Props = {
  /** The figure's name in the server's definitions. */
  id: string;
  children: ReactNode;
  grey?: boolean;
  computedAt?: number | null;
  /** What it means, for figures that are not part of a release card. */
  meaning?: string;
  /** Source level of such a figure. */
  level?: "L1" | "L2";
};

export function Figure({ id, children, grey, computedAt, meaning, level }: Props) {
  return (
    <Popover trigger="click" content={meaning ? <Meaning text={meaning} level={level ?? "L2"} grey={grey ?? false} /> : <DefinitionCard id={id} computedAt={computedAt ?? null} grey={grey ?? false} />} destroyOnHidden>
      <button type="button" className={grey ? "figure figure-grey" : "figure"}>
        {children}
      </button>
    </Popover>
  );
}

function Meaning({ text, level, grey }: { text: string; level: string; grey: boolean }) {
  const { t } = useTranslation("common");
  const words = useWords();
  return (
    <div className="definition">
      <p>{text}</p>
      {grey ? <p className="soft">{t("figure.small_base")}</p> : null}
      <dl>
        <dt>{t("figure.source")}</dt>
        <dd>
          {level} {words("common", "level", level)}
        </dd>
      </dl>
    </div>
  );
}

function DefinitionCard({ id, computedAt, grey }: { id: string; computedAt: number | null; grey: boolean }) {
  const { t } = useTranslation("common");
  const words = useWords();
  const { when } = useFormat();
  const found = useContext(DefinitionsContext)(id);
  if (found === "loading") return <div className="popover-text">{t("loading")}</div>;
  if (!found) return <div className="popover-text">{t("figure.unknown", { id })}</div>;
  return (
    <div className="definition">
      <p>{found.text}</p>
      {grey ? <p className="soft">{t("figure.small_base")}</p> : null}
      <dl>
        <dt>{t("figure.id")}</dt>
        <dd>
          <code>{found.id}</code>
        </dd>
        <dt>{t("figure.window")}</dt>
        <dd>{found.window_hours > 0 ? t("figure.hours", { count: found.window_hours }) : t("figure.no_window")}</dd>
        <dt>{t("figure.source")}</dt>
        <dd>
          {found.level} {words("common", "level", found.level)}
        </dd>
        {computedAt ? (
          <>
            <dt>{t("figure.computed")}</dt>
            <dd>{when(computedAt)}</dd>
          </>
        ) : null}
      </dl>
    </div>
  );
}
