// An error as one sentence, what to do, and the request's number for those who help.
import { ApiError } from "@huoqun/api";
import { Button } from "antd";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

/** The one sentence of an error. */
export function sentence(error: unknown, t: TFunction<"common">): string {
  if (!(error instanceof ApiError)) return t("error.fault");
  if (error.status === 0) return t("error.unreachable");
  if (error.message) return error.message;
  if (error.status === 403) return t("error.forbidden");
  if (error.status === 404) return t("error.gone");
  return t("error.fault");
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation("common");
  if (!error) return null;
  const id = error instanceof ApiError ? error.requestId : "";
  return (
    <div className="failure" role="alert">
      <svg width="16" height="16" viewBox="0 0 12 12" aria-hidden="true">
        <path d="M6 .5 12 11.5H0zM5.3 4.4v3.4h1.4V4.4zm0 4.3v1.4h1.4V8.7z" fill="currentColor" />
      </svg>
      <span>
        {sentence(error, t)}
        {id ? <small className="failure-id">{id}</small> : null}
      </span>
      {retry ? (
        <Button size="small" onClick={retry}>
          {t("act.try_again")}
        </Button>
      ) : null}
    </div>
  );
}
