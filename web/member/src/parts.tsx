// Small parts shared by the member pages.
import type { ComponentChildren } from "preact";
import { sentence } from "./load";
import { t } from "./words";

export function Trouble({ error, again }: { error: unknown; again?: () => void }) {
  if (!error) return null;
  return (
    <div class="trouble" role="alert">
      <p>{sentence(error)}</p>
      {again ? (
        <button type="button" class="quiet" onClick={again}>
          {t("again")}
        </button>
      ) : null}
    </div>
  );
}

export const Bars = () => (
  <div class="bars" role="status" aria-label={t("loading")}>
    <i />
    <i />
    <i />
  </div>
);

export function Organiser({ name, children }: { name: string; children?: ComponentChildren }) {
  return (
    <footer class="organiser">
      <span>{t("organiser", { name })}</span>
      {children}
      <a href="/m/me">{t("my_choices")}</a>
    </footer>
  );
}
