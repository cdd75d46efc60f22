// Welcomes: what a new contact hears within twenty seconds, and whether it arrived.
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
import type { Welcome, WelcomeLog } from "@/shared/types";
import { useWords } from "@/shared/words";
import { WelcomeForm } from "../parts/WelcomeForm";

export function Welcomes() {
  const { t } = useTranslation("welcome");
  const words = useWords();
  const { count, when } = useFormat();
  const may = useMay("welcome:write");
  const [view, setView] = useState<"texts" | "log">("texts");
  const [editing, setEditing] = useState<Welcome | "new" | null>(null);
  const add = <Button type="primary" onClick={() => setEditing("new")}>{t("add")}</Button>;
  const choose = <Segmented value={view} onChange={setView} options={[{ value: "texts", label: t("texts") }, { value: "log", label: t("log") }]} aria-label={t("title")} />;
  return (
    <Page title={t("title")} lead={<>{t("lead")} <AbilityWord ability="auto" /></>} actions={may ? add : null}>
      {view === "texts" ? (
        <List<Welcome>
          queryKey={["welcomes"]} label={t("texts")} searchable={false} filters={choose} rowKey={(w) => w.id} fetch={(query) => call(api.GET("/api/v1/welcomes", { params: { query } }))}
          empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
          columns={[
            { key: "name", title: t("name"), main: true, cell: (w) => may ? <Button type="link" className="link-cell" onClick={() => setEditing(w)}>{w.name}</Button> : w.name },
            { key: "text", title: t("text"), cell: (w) => <span className="clip-2 soft">{w.text}</span> },
            { key: "greeted", title: t("greeted"), number: true, cell: (w) => count(w.greeted) },
            { key: "missed", title: t("missed"), number: true, cell: (w) => <span className={w.missed > 0 ? "bad" : undefined}>{count(w.missed)}</span> },
            { key: "state", title: t("state"), cell: (w) => <StateMark state={w.state} /> },
          ]}
        />
      ) : (
        <List<WelcomeLog>
          queryKey={["welcomes", "log"]} label={t("log")} searchable={false} filters={choose} refresh={10_000} rowKey={(w) => w.id} fetch={(query) => call(api.GET("/api/v1/welcomes/log", { params: { query } }))}
          empty={<Empty title={t("log_none")} />}
          columns={[
            { key: "who", title: t("who"), main: true, cell: (w) => w.contact_name || t("nameless") },
            { key: "staff", title: t("staff"), cell: (w) => w.staff_name },
            { key: "at", title: t("at"), cell: (w) => when(w.at) },
            { key: "after", title: t("after"), number: true, cell: (w) => (w.after_ms === null || w.after_ms === undefined ? "–" : t("seconds", { n: (w.after_ms / 1000).toFixed(1) })) },
            { key: "state", title: t("state"), cell: (w) => <><StateMark state={w.state} /> {w.reason ? <span className="soft">{words("welcome", "reasons", w.reason)}</span> : null}</> },
          ]}
        />
      )}
      {editing ? <WelcomeForm welcome={editing === "new" ? null : editing} onClose={() => setEditing(null)} /> : null}
    </Page>
  );
}
