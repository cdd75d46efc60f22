// The desk of suggestions: who might be invited into a closer community, by which facts; people decide, nobody is pulled.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { LayerPaths, PromotionSuggestion } from "@/shared/types";
import { useWords } from "@/shared/words";
import { Decline } from "../parts/Decline";
import { Whys } from "../parts/Whys";

const VIEWS = ["open", "invited", "sent", "joined", "declined", "skipped", "expired", "lapsed", "all"] as const;
type View = (typeof VIEWS)[number];
const tones = { open: "waiting", invited: "planned", sent: "partly", joined: "done", declined: "off", skipped: "off", expired: "wrong", lapsed: "off" } as const;

export function Promotions() {
  const { t } = useTranslation("layers");
  const words = useWords();
  const { when } = useFormat();
  const may = useMay("tasks:write");
  const [view, setView] = useState<View>("open");
  const [community, setCommunity] = useState<string | undefined>();
  const [declining, setDeclining] = useState<PromotionSuggestion | null>(null);
  const paths = useQuery({ queryKey: ["layers", "paths"], queryFn: (): Promise<LayerPaths> => call(api.GET("/api/v1/layers/paths")) });
  const renew = { renew: [["layers", "suggestions"], ["tasks"], ["today"]], tellErrors: true };
  const of = (id: string) => ({ params: { path: { id } } });
  const confirm = useAct((id: string) => call(api.POST("/api/v1/layers/suggestions/{id}/confirm", of(id))), { ...renew, done: t("confirmed") });
  const undo = useAct((id: string) => call(api.POST("/api/v1/layers/suggestions/{id}/undo", of(id))), { ...renew, done: t("undone") });
  const targets = (paths.data?.places ?? []).filter((p) => p.rank > 0);
  const noWays = paths.data?.items.length === 0;
  const only = { ...(view === "all" ? {} : { state: view }), ...(community ? { community } : {}) };
  return (
    <Page title={t("promotions_title")} lead={<>{t("promotions_lead")} <AbilityWord ability="needs_tap" /></>} back={<Link to="/people/layers">{t("title")}</Link>} actions={<Link to="/people/promotion-ways">{t("to_ways")}</Link>}>
      <List<PromotionSuggestion>
        queryKey={["layers", "suggestions", only]} label={t("promotions_title")} rowKey={(s) => s.id}
        fetch={(query) => call(api.GET("/api/v1/layers/suggestions", { params: { query: { ...query, ...only } } }))}
        filters={(
          <>
            <Select<View> value={view} onChange={setView} options={VIEWS.map((v) => ({ value: v, label: v === "all" ? t("all") : t(`suggestion_states.${v}`) }))} aria-label={t("state")} style={{ minWidth: 120 }} />
            <Select allowClear placeholder={t("into")} aria-label={t("into")} value={community ?? null} style={{ minWidth: 160 }} options={targets.map((p) => ({ value: p.id, label: p.name }))} onChange={(v: string | null) => setCommunity(v ?? undefined)} />
          </>
        )}
        empty={noWays ? <Empty title={t("no_ways")} action={<Link to="/people/promotion-ways">{t("to_ways")}</Link>}>{t("no_ways_why")}</Empty> : <Empty title={t("suggestions_none")}>{t("suggestions_none_why")}</Empty>}
        columns={[
          {
            key: "who", title: t("name"), main: true,
            cell: (s) => <><Link to="/people/$id" params={{ id: s.person_id }}>{s.person_name || t("nameless")}</Link><div className="soft">{t("from_to", { from: s.from_name, to: s.to_name })}</div></>,
          },
          { key: "why", title: t("why"), wide: true, cell: (s) => <Whys why={s.why} /> },
          { key: "consent", title: t("consent"), cell: (s) => <StateMark state={s.consent} tone={s.consent === "allowed" ? "done" : s.consent === "refused" ? "wrong" : "unsure"} word={t(`consents.${s.consent}`)} /> },
          {
            key: "state", title: t("state"),
            cell: (s) => (
              <>
                <StateMark state={s.state} tone={tones[s.state]} word={t(`suggestion_states.${s.state}`)} />
                {s.staff_name ? <div className="soft">{t("by_staff", { staff: s.staff_name, group: s.group_name })}</div> : null}
                {s.reason ? <div className="soft">{words("layers", "reasons", s.reason.replaceAll(".", "_"))}</div> : null}
              </>
            ),
          },
          { key: "when", title: t("since"), cell: (s) => when(s.ended_at || s.decided_at || s.suggested_at) },
          {
            key: "act", title: "",
            cell: (s) => (may ? (
              <span className="row">
                {s.state === "open" && s.consent === "never_asked" ? <Link to="/people/$id" params={{ id: s.person_id }}>{t("ask_first")}</Link> : null}
                {s.state === "open" && s.consent === "allowed" ? <Button size="small" type="primary" loading={confirm.isPending && confirm.variables === s.id} aria-label={t("confirm_named", { name: s.person_name })} onClick={() => confirm.mutate(s.id)}>{t("confirm")}</Button> : null}
                {s.state === "open" ? <Button size="small" aria-label={t("decline_named", { name: s.person_name })} onClick={() => setDeclining(s)}>{t("decline")}</Button> : null}
                {s.can_undo ? <Button size="small" loading={undo.isPending && undo.variables === s.id} aria-label={t("undo_named", { name: s.person_name })} onClick={() => undo.mutate(s.id)}>{t("undo")}</Button> : null}
              </span>
            ) : null),
          },
        ]}
      />
      {declining ? <Decline suggestion={declining} onClose={() => setDeclining(null)} /> : null}
    </Page>
  );
}
