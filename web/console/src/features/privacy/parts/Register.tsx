// The register of columns: what each holds and what an erasure does to it.
import { Input, Switch } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { Rows } from "@/shared/List";
import type { PrivacyRegister } from "@/shared/types";
import { useWords } from "@/shared/words";

const SHOWN = 25;

export function Register({ tables }: { tables: PrivacyRegister["tables"] }) {
  const { t } = useTranslation("privacy");
  const words = useWords();
  const [typed, setTyped] = useState("");
  const [members, setMembers] = useState(true);
  const search = useDeferredValue(typed.trim().toLowerCase());
  const all = tables
    .filter((table) => !members || table.about_members)
    .flatMap((table) => table.columns.map((c) => ({ ...c, name: `${table.table}.${c.column}` })))
    .filter((c) => (search ? c.name.includes(search) || words("privacy", "classes", c.class).includes(search) : !members || (c.class !== "technical" && c.class !== "business")));
  return (
    <div className="list-page">
      <div className="list-tools">
        <Input allowClear value={typed} onChange={(e) => setTyped(e.target.value)} placeholder={t("register_search")} aria-label={t("register_search")} className="list-search" />
        <label className="row"><Switch size="small" checked={members} onChange={setMembers} aria-label={t("register_members")} /> <span>{t("register_members")}</span></label>
      </div>
      {all.length === 0 ? <p className="soft">{t("register_none")}</p> : (
        <Rows
          rows={all.slice(0, SHOWN)} rowKey={(x) => x.name} label={t("register")}
          columns={[
            { key: "name", title: t("column"), main: true, cell: (x) => <code>{x.name}</code> },
            { key: "class", title: t("class"), cell: (x) => words("privacy", "classes", x.class) },
            { key: "erase", title: t("erase"), cell: (x) => words("privacy", "erases", x.erase) },
          ]}
        />
      )}
      {all.length > SHOWN ? <p className="soft">{t("register_more", { shown: SHOWN, all: all.length })}</p> : null}
    </div>
  );
}
