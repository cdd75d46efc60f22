// The communities: what each is for, how far it is set up, how many it holds.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Empty } from "@/shared/Empty";
import { useFormat } from "@/shared/format";
import { List } from "@/shared/List";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { StateMark } from "@/shared/StateMark";
import type { CommunityRow } from "@/shared/types";
import { useWords } from "@/shared/words";
import { NewCommunity } from "../parts/NewCommunity";

export function Communities() {
  const { t } = useTranslation("communities");
  const words = useWords();
  const { count } = useFormat();
  const may = useMay("communities:write");
  const [adding, setAdding] = useState(false);
  const add = <Button type="primary" onClick={() => setAdding(true)}>{t("add")}</Button>;
  return (
    <Page title={t("title")} lead={t("lead")} actions={may ? add : null}>
      <List<CommunityRow>
        queryKey={["communities"]} label={t("title")} rowKey={(c) => c.id} fetch={(query) => call(api.GET("/api/v1/communities", { params: { query } }))}
        empty={<Empty title={t("none")} action={may ? add : null}>{t("none_why")}</Empty>}
        columns={[
          { key: "name", title: t("name"), main: true, cell: (c) => <Link to="/communities/$id" params={{ id: c.id }}>{c.name}</Link> },
          { key: "kind", title: t("kind"), cell: (c) => words("communities", "kinds", c.kind) },
          { key: "tier", title: t("tier"), cell: (c) => words("communities", "tiers", c.tier) },
          { key: "state", title: t("state"), cell: (c) => <><StateMark state={c.status} /> {c.status === "draft" && c.missing > 0 ? <span className="soft">{t("missing_count", { count: c.missing })}</span> : null}</> },
          { key: "groups", title: t("groups"), number: true, cell: (c) => count(c.groups) },
          { key: "members", title: t("members"), number: true, cell: (c) => count(c.eligible) },
        ]}
      />
      {adding ? <NewCommunity onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
