// The rows that can't be taken: which, why, and what to do about each.
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Rows } from "@/shared/List";
import { Section } from "@/shared/Page";
import type { ImportBadRow, ImportDetail } from "@/shared/types";
import { useWords } from "@/shared/words";

export function BadRows({ file }: { file: ImportDetail }) {
  const { t } = useTranslation("imports");
  const words = useWords();
  return (
    <Section title={t("bad_rows")} extra={<Button size="small" href={`/api/v1/imports/${file.id}/report`} download>{t("report")}</Button>}>
      <p className="soft">{t("bad_rows_what", { count: file.bad.length })}</p>
      <Rows<ImportBadRow>
        label={t("bad_rows")} rows={file.bad} rowKey={(b) => String(b.row)}
        columns={[
          { key: "row", title: t("row"), number: true, cell: (b) => b.row },
          { key: "field", title: t("field"), cell: (b) => b.field_name ?? (b.field ? words("imports", "fields", b.field) : "") },
          { key: "why", title: t("why"), main: true, cell: (b) => b.message },
        ]}
      />
    </Section>
  );
}
