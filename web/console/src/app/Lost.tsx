// What stands where a page is missing or broke.
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";

export function Lost() {
  const { t } = useTranslation("app");
  return <Empty title={t("not_found.title")} action={<Link to="/today">{t("not_found.back")}</Link>} />;
}

export function Crashed({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation(["app", "common"]);
  return (
    <div className="page">
      <h1>{t("app:crash.title")}</h1>
      <Failure error={error} />
      <div>
        <Button onClick={reset}>{t("common:act.try_again")}</Button>
      </div>
    </div>
  );
}
