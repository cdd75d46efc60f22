// Loading that keeps the layout: grey bars where the content will be.
import { useTranslation } from "react-i18next";

export function Waiting({ rows = 5, height = 20 }: { rows?: number; height?: number }) {
  const { t } = useTranslation("common");
  return (
    <div className="waiting" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="waiting-bar" style={{ height, width: `${[92, 78, 85, 64, 88][i % 5]}%` }} />
      ))}
    </div>
  );
}
