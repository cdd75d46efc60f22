// Operators, their roles and how far each one sees.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Copy } from "@/shared/Copy";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page, Section } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Invited, Operator, RoleRow } from "@/shared/types";
import { useWords } from "@/shared/words";
import { OperatorForm } from "../parts/OperatorForm";

export function Operators() {
  const { t } = useTranslation("access");
  const words = useWords();
  const { when } = useFormat();
  const { modal } = App.useApp();
  const may = useMay("access:write");
  const [editing, setEditing] = useState<Operator | "new" | null>(null);
  const roles = useQuery({ queryKey: ["roles"], queryFn: (): Promise<RoleRow[]> => call(api.GET("/api/v1/access/roles")), staleTime: Infinity });
  const show = (invited: Invited) =>
    modal.info({ title: t("link_for", { name: invited.operator.name }), content: <div className="stack"><p>{t("link_once")}</p><Copy text={invited.sign_in_url} label={t("link")} /></div> });
  const link = useAct((id: string): Promise<Invited> => call(api.POST("/api/v1/access/operators/{id}/sign-in-link", { params: { path: { id } } })), { then: show, tellErrors: true });

  return (
    <Page
      title={t("operators")} lead={t("operators_lead")}
      actions={may ? <Button type="primary" onClick={() => setEditing("new")}>{t("add_operator")}</Button> : null}
    >
      <List<Operator>
        queryKey={["operators"]} label={t("operators")} rowKey={(o) => o.id}
        fetch={(query) => call(api.GET("/api/v1/access/operators", { params: { query } }))}
        empty={<Empty title={t("operators_none")} />}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (o) => <>{o.name} <span className="faint">{o.login}</span></> },
          { key: "role", title: t("role"), cell: (o) => words("access", "roles", o.role) },
          { key: "reach", title: t("reach"), cell: (o) => words("access", "reaches", o.reach) },
          { key: "seen", title: t("last_seen"), cell: (o) => (o.last_seen_at ? when(o.last_seen_at) : t("never")) },
          { key: "state", title: t("state"), cell: (o) => <StateMark state={o.disabled ? "disabled" : "active"} word={o.disabled ? t("disabled") : t("enabled")} /> },
          {
            key: "act", title: "",
            cell: (o) => may ? (
              <span className="row">
                <Button size="small" onClick={() => setEditing(o)}>{t("change")}</Button>
                <Button size="small" onClick={() => link.mutate(o.id)} loading={link.isPending && link.variables === o.id}>{t("new_link")}</Button>
              </span>
            ) : null,
          },
        ]}
      />
      {roles.data ? (
        <Section title={t("roles_title")}>
          <dl className="facts">
            {roles.data.map((r) => (
              <div key={r.role} style={{ display: "contents" }}>
                <dt>{words("access", "roles", r.role)}</dt>
                <dd className="soft">{words("access", "role_may", r.role)}</dd>
              </div>
            ))}
          </dl>
        </Section>
      ) : null}
      {editing ? <OperatorForm operator={editing === "new" ? null : editing} roles={roles.data ?? []} onClose={() => setEditing(null)} onInvited={show} /> : null}
    </Page>
  );
}
