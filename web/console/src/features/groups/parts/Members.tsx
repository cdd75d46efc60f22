// The members of a group and what each is.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { App, Checkbox, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { ExportButton } from "@/shared/ExportButton";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { useCodeTitle } from "@/shared/names";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { Member } from "@/shared/types";
import { useWords } from "@/shared/words";

const kinds = ["customer", "koc", "expert", "service", "host_crew", "house_account", "staff_other", "bot", "banned", "test"] as const;
type Kind = (typeof kinds)[number];

/** `…_other` would read as a plural form in the catalogues. */
const keyOf = <K extends string>(kind: K) => (kind === "staff_other" ? "other_staff" : kind) as Exclude<K, "staff_other"> | "other_staff";

export function Members({ group }: { group: string }) {
  const { t } = useTranslation("groups");
  const words = useWords();
  const codeTitle = useCodeTitle();
  const { dayAndClock } = useFormat();
  const { modal } = App.useApp();
  const may = useMay("groups:write");
  const [left, setLeft] = useState(false);
  const change = useAct(
    ({ membership, kind }: { membership: string; kind: Kind }) => call(api.PATCH("/api/v1/groups/{id}/members/{membership}", { params: { path: { id: group, membership } }, body: { kind } })),
    { renew: [["group", group]], tellErrors: true },
  );
  const choose = (m: Member, kind: Kind) => {
    if (kind !== "house_account") return change.mutate({ membership: m.id, kind });
    modal.confirm({ title: t("house_title", { name: m.name }), content: t("house_what"), onOk: () => change.mutateAsync({ membership: m.id, kind }) });
  };
  return (
    <List<Member>
      queryKey={["group", group, "members", left]} label={t("members")} rowKey={(m) => m.id}
      fetch={(q) => call(api.GET("/api/v1/groups/{id}/members", { params: { path: { id: group }, query: { ...q, left } } }))} empty={<Empty title={t("members_none")} />}
      filters={<><Checkbox checked={left} onChange={(e) => setLeft(e.target.checked)}>{t("show_left")}</Checkbox><ExportButton what="members" filter={{ group_id: group, left }} small /></>}
      columns={[
        { key: "name", title: t("name"), main: true, cell: (m) => <><Link to="/people/$id" params={{ id: m.person_id }}>{m.name || t("nameless")}</Link> {m.nickname && m.nickname !== m.name ? <span className="faint">{m.nickname}</span> : null}</> },
        {
          key: "kind", title: t("role"),
          cell: (m) => may && kinds.includes(m.kind as Kind) && !m.left_at
            ? <Select size="small" aria-label={`${t("role")} ${m.name}`} style={{ minWidth: 110 }} value={m.kind as Kind} onChange={(k) => choose(m, k)} options={kinds.map((k) => ({ value: k, label: t(`kinds.${keyOf(k)}`) }))} />
            : words("groups", "kinds", keyOf(m.kind)),
        },
        { key: "joined", title: t("joined"), cell: (m) => dayAndClock(m.joined_at) },
        { key: "by", title: t("came_by"), cell: (m) => (m.state ? codeTitle(m.state) : null) ?? words("groups", "scenes", m.scene) },
        { key: "left", title: t("state"), cell: (m) => (m.left_at ? <StateMark state="left" word={t("left_at", { when: dayAndClock(m.left_at) })} /> : <StateMark state="active" word={t("here")} />) },
      ]}
    />
  );
}
