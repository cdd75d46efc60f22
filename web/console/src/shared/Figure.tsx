// A number that answers on tap: what it means, how it is made, over which window, from which source, how fresh.
import { Popover } from "antd";
import { type ReactNode, useContext } from "react";
import { useTranslation } from "react-i18next";
import { DefinitionsContext } from "./definitions";
import { useFormat } from "./format";

type Props = { id: string; children: ReactNode; grey?: boolean; computedAt?: number | null };

export function Figure({ id, children, grey, computedAt }: Props) {
  return (
    <Popover trigger="click" content={<Definition id={id} computedAt={computedAt} grey={grey} />} destroyOnHidden>
      <button type="button" className={grey ? "figure figure-grey" : "figure"}>
        {children}
      </button>
    </Popover>
  );
}

function Definition({ id, computedAt, grey }: Omit<Props, "children">) {
  const { t } = useTranslation("common");
  const { when } = useFormat();
  const found = useContext(DefinitionsContext)(id);
  if (found === "loading") return <div className="popover-text">{t("loading")}</div>;
  if (!found) return <div className="popover-text">{t("figure.unknown", { id })}</div>;
  return (
    <dl className="definition">
      <dt className="definition-name">{found.name}</dt>
      <dd>{found.meaning}</dd>
      {grey ? <dd className="soft">{t("figure.small_base")}</dd> : null}
      <dt>{t("figure.formula")}</dt>
      <dd>
        <code>{found.id}</code> {found.formula}
      </dd>
      <dt>{t("figure.window")}</dt>
      <dd>{found.window}</dd>
      <dt>{t("figure.source")}</dt>
      <dd>{found.source}</dd>
      {computedAt ? (
        <>
          <dt>{t("figure.computed")}</dt>
          <dd>{when(computedAt)}</dd>
        </>
      ) : null}
    </dl>
  );
}
