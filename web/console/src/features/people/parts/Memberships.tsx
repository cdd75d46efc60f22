// The groups a person is or was in.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import type { Stay } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";

export function Memberships({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const { dayAndClock } = useFormat();
  const query = useQuery({
    queryKey: ["person", person, "memberships"],
    queryFn: (): Promise<{ items: Stay[] }> => call(api.GET("/api/v1/people/{id}/memberships", { params: { path: { id: person } } })),
  });
  return (
    <>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={3} /> : null}
      <ul className="stack">
        {(query.data?.items ?? []).map((m) => (
          <li key={m.id}>
            <Link to="/groups/$id" params={{ id: m.group_id }}>{m.group_name}</Link>{" "}
            <span className="soft">
              {t("joined", { when: dayAndClock(m.joined_at) })}
              {m.left_at ? ` · ${t("left", { when: dayAndClock(m.left_at) })}` : ""}
            </span>
          </li>
        ))}
        {query.data?.items.length === 0 ? <li className="soft">{t("memberships_none")}</li> : null}
      </ul>
    </>
  );
}
