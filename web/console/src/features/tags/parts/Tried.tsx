// A dry run: what the rule would have done in the last 30 days, and why it would (not) touch one person.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import type { PersonRow, TagCondition, TagRuleTrial, TagTrigger } from "@/shared/types";

type Words = { trigger: TagTrigger; conditions: TagCondition[]; add: string[]; remove: string[] };

export function Tried({ words, blocked }: { words: Words; blocked: boolean }) {
  const { t } = useTranslation("tags");
  const [person, setPerson] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const people = useQuery({
    queryKey: ["people", "pick", search],
    queryFn: (): Promise<{ items: PersonRow[] }> => call(api.GET("/api/v1/people", { params: { query: { limit: 20, search } } })),
    placeholderData: (before) => before,
  });
  const run = useAct((): Promise<TagRuleTrial> => call(api.POST("/api/v1/tag-rules/trial", { body: { ...words, person } })));
  return (
    <div className="rule-part">
      <div className="row">
        <Select
          showSearch={{ filterOption: false, onSearch: setSearch }} allowClear placeholder={t("try_person")} aria-label={t("try_person")} value={person} style={{ minWidth: 220 }}
          options={(people.data?.items ?? []).map((p) => ({ value: p.id, label: p.name }))} onChange={(id: string | undefined) => setPerson(id ?? null)}
        />
        <Button onClick={() => run.mutate()} loading={run.isPending} disabled={blocked}>{t("try")}</Button>
      </div>
      <p className="soft">{t("try_hint")}</p>
      <Failure error={run.error} />
      {run.data ? <Answer trial={run.data as TagRuleTrial} conditions={words.conditions} /> : null}
    </div>
  );
}

function Answer({ trial, conditions }: { trial: TagRuleTrial; conditions: TagCondition[] }) {
  const { t } = useTranslation("tags");
  const { count, dayAndClock } = useFormat();
  const { person } = trial;
  return (
    <div className="stack" role="status">
      <p>{t("try_people", { people: count(trial.people), hits: count(trial.hits), misses: count(trial.misses) })}</p>
      <p className="soft">{t(trial.complete ? "try_whole" : "try_part", { since: dayAndClock(trial.since), facts: count(trial.facts) })}</p>
      <ul>
        {conditions.map((c, at) => (trial.failed[at] ? <li key={at} className="soft">{t("try_failed", { n: at + 1, what: t(`condition.${c.is}`), count: count(trial.failed[at] ?? 0) })}</li> : null))}
      </ul>
      {person ? (
        <div className="stack">
          <p>{person.customer ? t("try_named", { name: person.name, hits: count(person.hits), misses: count(person.misses) }) : t("try_never", { name: person.name })}</p>
          <ul>
            {conditions.map((c, at) => <li key={at}>{t(person.today[at] ? "holds" : "fails", { n: at + 1, what: t(`condition.${c.is}`) })}</li>)}
          </ul>
        </div>
      ) : null}
    </div>
  );
}
