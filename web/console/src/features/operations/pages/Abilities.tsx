// What the platform allows, action by action.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { Failure } from "@/shared/Failure";
import { Rows } from "@/shared/List";
import { Page } from "@/shared/Page";
import type { AbilityRow } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

export function Abilities() {
  const { t } = useTranslation("operations");
  const words = useWords();
  const abilities = useQuery({ queryKey: ["abilities"], queryFn: (): Promise<AbilityRow[]> => call(api.GET("/api/v1/abilities")), staleTime: Infinity });
  return (
    <Page title={t("abilities")} lead={t("abilities_lead")}>
      {abilities.isPending ? <Waiting rows={10} /> : null}
      <Failure error={abilities.error} retry={() => void abilities.refetch()} />
      {abilities.data ? (
        <Rows
          rows={abilities.data} rowKey={(a) => a.action} label={t("abilities")}
          columns={[
            { key: "action", title: t("action"), main: true, cell: (a) => words("operations", "actions", a.action) },
            { key: "ability", title: t("ability"), cell: (a) => <AbilityWord ability={a.ability as never} /> },
            { key: "why", title: t("why"), cell: (a) => <span className="soft">{words("common", "ability_reason", a.ability)}</span> },
          ]}
        />
      ) : null}
    </Page>
  );
}
