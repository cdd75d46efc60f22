// Welcomes: what a new contact hears within twenty seconds and a group joiner reads, and whether it arrived.
import { api, call } from "@huoqun/api";
import { Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Welcome } from "@/shared/types";
import { useWords } from "@/shared/words";
import { WelcomeForm } from "../parts/WelcomeForm";
import { WelcomeLogList } from "../parts/WelcomeLogList";

export function Welcomes() {
  const { t } = useTranslation("welcome");
  const words = useWords();
  const { when } = useFormat();
  const may = useMay("welcome:write");
  const [view, setView] = useState<"texts" | "log">("texts");
  const [editing, setEditing] = useState<Welcome | "new" | null>(null);
  const add = <Button type="primary" onClick={() => setEditing("new")}>{t("add")}</Button>;
  const choose = <Segmented value={view} onChange={setView} options={[{ value: "texts", label: t("texts") }, { value: "log", label: t("log") }]} aria-label={t("title")} />;
  return (
    <Page title={t("title")} lead={<>{t("lead")} <AbilityWord ability="auto" /></>} actions={may ? add : null}>
      {view === "texts" ? (
        <List<Welcome>
          queryKey={["welcomes"]} label={t("texts")} searchable={false} filters={choose} rowKey={(w) => w.id} fetch={(query) => call(api.GET("/api/v1/welcome/greetings", { params: { query } }))}
          empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
          columns={[
            { key: "name", title: t("name"), main: true, cell: (w) => <Button type="link" className="link-cell" onClick={() => setEditing(w)}>{w.name}</Button> },
            { key: "audience", title: t("audience"), cell: (w) => <>{t(`audiences.${w.audience}`)} {w.is_default ? <span className="tag">{t("default")}</span> : null}</> },
            { key: "text", title: t("text"), cell: (w) => <span className="clip-2 soft">{w.preview}</span> },
            { key: "lint", title: t("lint"), cell: (w) => (w.lint.length > 0 ? <StateMark state="warning" word={t("lint_count", { count: w.lint.length })} /> : <StateMark state="fine" word={t("lint_good")} />) },
            { key: "state", title: t("state"), cell: (w) => (w.audience === "group" ? <StateMark state={w.template_status} word={words("welcome", "templates", w.template_status)} /> : "") },
            { key: "at", title: t("changed"), cell: (w) => when(w.updated_at) },
          ]}
        />
      ) : (
        <WelcomeLogList choose={choose} />
      )}
      {editing ? <WelcomeForm welcome={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  );
}
