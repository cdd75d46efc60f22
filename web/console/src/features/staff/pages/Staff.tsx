// The employees WeCom shows us, and what each is among customers.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { App, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { StaffRow } from "@/shared/types";

const kinds = ["staff", "customer_service", "shopping_guide", "expert", "host_crew", "house_account"] as const;
type Kind = (typeof kinds)[number];

export function Staff() {
  const { t } = useTranslation("staff");
  const { modal } = App.useApp();
  const may = useMay("staff:write");
  const change = useAct(({ id, kind }: { id: string; kind: Kind }) => call(api.PATCH("/api/v1/staff/{id}", { params: { path: { id } }, body: { kind } })), { renew: [["staff"]], tellErrors: true });
  const choose = (s: StaffRow, kind: Kind) => {
    if (kind !== "house_account") return change.mutate({ id: s.id, kind });
    // A house account stays one for ever: asked once more, with the consequence.
    modal.confirm({ title: t("house_title", { name: s.name }), content: t("house_what"), onOk: () => change.mutateAsync({ id: s.id, kind }) });
  };
  return (
    <Page title={t("title")} lead={t("lead")}>
      <List<StaffRow>
        queryKey={["staff"]} label={t("title")} rowKey={(s) => s.id} fetch={(query) => call(api.GET("/api/v1/staff", { params: { query } }))}
        empty={<Empty title={t("none")} action={<Link to="/settings/accounts">{t("to_connect")}</Link>}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (s) => <>{s.name} {s.title ? <span className="faint">{s.title}</span> : null}</> },
          {
            key: "kind", title: t("kind"),
            cell: (s) => <Select size="small" aria-label={`${t("kind")} ${s.name}`} style={{ minWidth: 130 }} disabled={!may} value={s.kind as Kind} onChange={(k) => choose(s, k)} options={kinds.map((k) => ({ value: k, label: t(`kinds.${k}`) }))} />,
          },
          { key: "id", title: t("platform_id"), cell: (s) => <code className="faint">{s.platform_id}</code> },
          { key: "serving", title: t("serving"), cell: (s) => (s.serving ? t("yes") : <span className="faint">{t("no")}</span>) },
          { key: "state", title: t("state"), cell: (s) => <StateMark state={s.active ? "active" : "left"} word={s.active ? t("here") : t("gone")} /> },
        ]}
      />
    </Page>
  );
}
