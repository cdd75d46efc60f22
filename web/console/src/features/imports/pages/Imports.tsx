// Files that came in, what became of them, and the next one.
import { api, call } from "@huoqun/api";
import { Link, useNavigate } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Import } from "@/shared/types";
import { useWords } from "@/shared/words";
import { Upload } from "../parts/Upload";

export function Imports() {
  const { t } = useTranslation("imports");
  const words = useWords();
  const navigate = useNavigate();
  const { count, dayAndClock } = useFormat();
  const may = useMay("imports:write");
  const [open, setOpen] = useState(false);
  const button = <Button type="primary" onClick={() => setOpen(true)}>{t("upload")}</Button>;
  const name = (i: Import) => i.file_name || t("nameless");
  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? button : null}>
      <List<Import>
        queryKey={["imports"]} label={t("title")} refresh={5_000} rowKey={(i) => i.id} fetch={(query) => call(api.GET("/api/v1/imports", { params: { query } }))}
        empty={<Empty title={t("none")} action={may ? button : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "file", title: t("file"), main: true, cell: (i) => <>{may ? <Link to="/settings/imports/$id" params={{ id: i.id }}>{name(i)}</Link> : name(i)} <span className="faint">{words("imports", "kinds", i.kind)}</span></> },
          { key: "rows", title: t("rows"), number: true, cell: (i) => count(i.rows_total) },
          { key: "new", title: t("count.new"), number: true, cell: (i) => count(i.taken.new) },
          { key: "changed", title: t("count.changed"), number: true, cell: (i) => count(i.taken.changed) },
          { key: "bad", title: t("count.bad"), number: true, cell: (i) => <span className={i.taken.bad > 0 ? "bad" : undefined}>{count(Math.max(i.taken.bad, i.checked.bad))}</span> },
          { key: "state", title: t("state"), cell: (i) => <><StateMark state={i.state} word={words("imports", "states", i.state)} />{i.error ? <div className="bad clip-2">{i.error}</div> : null}</> },
          { key: "who", title: t("who"), cell: (i) => i.operator_name },
          { key: "at", title: t("at"), cell: (i) => dayAndClock(i.created_at) },
        ]}
      />
      {open ? <Upload onClose={() => setOpen(false)} onDone={(id) => void navigate({ to: "/settings/imports/$id", params: { id } })} /> : null}
    </Page>
  );
}
