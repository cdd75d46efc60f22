// Which groups' owners have selected the joining greeting: the one thing only they can do.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Checkbox, Select } from "antd";
import { useTranslation } from "react-i18next";
import { AbilityWord } from "@/shared/AbilityWord";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { allGroups, useGroupName } from "@/shared/names";
import type { SetUps } from "@/shared/types";

export function GroupSetUps({ welcome }: { welcome: string }) {
  const { t } = useTranslation("welcome");
  const groupName = useGroupName();
  const groups = useQuery(allGroups);
  const path = { params: { path: { id: welcome } } };
  const query = useQuery({ queryKey: ["welcome-groups", welcome], queryFn: (): Promise<SetUps> => call(api.GET("/api/v1/welcome/greetings/{id}/groups", path)) });
  const set = useAct((body: { group_id: string; done: boolean }) => call(api.POST("/api/v1/welcome/greetings/{id}/groups", { ...path, body })), { renew: [["welcome-groups", welcome]] });
  const chosen = new Set((query.data?.groups ?? []).map((g) => g.group_id));
  return (
    <div className="stack">
      <h2>
        {t("set_ups")} <AbilityWord ability="client_only" />
      </h2>
      <p className="soft">{query.data?.task}</p>
      {(query.data?.groups ?? []).map((g) => (
        <Checkbox key={g.group_id} checked={g.status === "done"} onChange={(e) => set.mutate({ group_id: g.group_id, done: e.target.checked })}>
          {groupName(g.group_id)}
        </Checkbox>
      ))}
      <Select
        showSearch optionFilterProp="label" value={null} placeholder={t("set_up_add")} aria-label={t("set_up_add")} options={(groups.data?.items ?? []).filter((g) => !chosen.has(g.id)).map((g) => ({ value: g.id, label: g.name }))}
        onChange={(id: string | null) => id && set.mutate({ group_id: id, done: false })}
      />
      <Failure error={query.error ?? set.error} />
    </div>
  );
}
