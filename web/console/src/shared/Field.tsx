// A labelled field with its hint and its error.
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";

type Props = { label: string; hint?: ReactNode; error?: string | null | undefined; optional?: boolean; children: (id: string) => ReactNode };

export function Field({ label, hint, error, optional, children }: Props) {
  const { t } = useTranslation("common");
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional ? <span className="faint">{t("optional")}</span> : null}
      </label>
      {children(id)}
      {error ? (
        <p className="bad" role="alert">
          {error}
        </p>
      ) : null}
      {hint ? <div className="field-hint">{hint}</div> : null}
    </div>
  );
}
