// Consent switches: what a member allows, changed at once and kept with its source.
import { api, call } from "@huoqun/api";
import { Switch } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import type { Person } from "@/shared/types";
import { useWords } from "@/shared/words";

export function Consents({ person }: { person: Person }) {
  const { t } = useTranslation("people");
  const words = useWords();
  const { dayAndClock } = useFormat();
  const may = useMay("people:write");
  const change = useAct(
    (body: { purpose: string; granted: boolean }) => call(api.POST("/api/v1/people/{id}/consents", { params: { path: { id: person.id } }, body })),
    { renew: [["person", person.id]] },
  );
  return (
    <div className="stack">
      {person.consents.map((c) => (
        <div key={c.purpose} className="row row-between">
          <span className="grow">
            {words("people", "purposes", c.purpose)}
            <span className="soft" style={{ display: "block" }}>{c.at ? dayAndClock(c.at) : t("never_asked")}</span>
          </span>
          <Switch
            checked={c.granted} disabled={!may} loading={change.isPending && change.variables?.purpose === c.purpose} aria-label={words("people", "purposes", c.purpose)}
            onChange={(granted) => change.mutate({ purpose: c.purpose, granted })}
          />
        </div>
      ))}
      <Failure error={change.error} />
    </div>
  );
}
