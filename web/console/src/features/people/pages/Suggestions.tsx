// Pairs who may be one person: a human looks at both and decides.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Empty } from "@/shared/Empty";
import { Failure } from "@/shared/Failure";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import type { Suggestion } from "@/shared/types";
import { useWords } from "@/shared/words";

export function Suggestions() {
  const { t } = useTranslation("people");
  const words = useWords();
  const { modal } = App.useApp();
  const may = useMay("people:write");
  const renew = { renew: [["suggestions"], ["people"]] };
  const merge = useAct(
    (s: Suggestion) => call(api.POST("/api/v1/people/{id}/merge", { params: { path: { id: s.person_a } }, body: { other: s.person_b, reason: t(s.reason === "phone" ? "suggested_phone" : "suggested_union"), accept_not_counting: false } })),
    { ...renew, done: t("merged") },
  );
  const apart = useAct((s: Suggestion) => call(api.POST("/api/v1/people/suggestions/dismiss", { body: { person_a: s.person_a, person_b: s.person_b } })), { ...renew, done: t("kept_apart") });
  const ask = (s: Suggestion) =>
    modal.confirm({ title: t("merge_title", { one: s.name_a || t("nameless"), other: s.name_b || t("nameless") }), content: t("merge_what"), okText: t("merge_same"), onOk: () => merge.mutateAsync(s).catch(() => {}) });
  const who = (id: string, name: string, kind: string) => (
    <Link to="/people/$id" params={{ id }}>{name || t("nameless")}{kind === "customer" ? "" : ` · ${words("people", "kinds", kind)}`}</Link>
  );
  return (
    <Page title={t("suggestions")} lead={t("suggestions_lead")} back={<Link to="/people">{t("title")}</Link>}>
      <Failure error={merge.error ?? apart.error} />
      <List<Suggestion>
        queryKey={["suggestions"]} label={t("suggestions")} searchable={false} rowKey={(s) => `${s.id}${s.reason}`} fetch={(query) => call(api.GET("/api/v1/people/suggestions", { params: { query } }))}
        empty={<Empty title={t("suggestions_none")}>{t("suggestions_none_why")}</Empty>}
        columns={[
          { key: "a", title: t("one"), main: true, cell: (s) => who(s.person_a, s.name_a, s.kind_a) },
          { key: "b", title: t("other"), cell: (s) => who(s.person_b, s.name_b, s.kind_b) },
          { key: "why", title: t("why"), cell: (s) => (s.reason === "phone" ? t("same_phone", { tail: s.tail }) : t("same_union")) },
          { key: "sure", title: t("confidence"), number: true, cell: (s) => t("sure", { percent: s.confidence }) },
          {
            key: "act", title: "",
            cell: (s) => may ? (
              <span className="row">
                <Button size="small" onClick={() => ask(s)}>{t("merge_same")}</Button>
                <Button size="small" loading={apart.isPending && apart.variables?.id === s.id} onClick={() => apart.mutate(s)}>{t("merge_two")}</Button>
              </span>
            ) : null,
          },
        ]}
      />
    </Page>
  );
}
