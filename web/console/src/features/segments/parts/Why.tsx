// Why one person is in or isn't: chosen by name, answered line by line beside the lines themselves.
import { api, call } from "@huoqun/api";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import type { SegmentLine, SegmentPurpose, SegmentWhy } from "@/shared/types";
import { type Asked, sent, useSettled } from "../queries";
import { type Choice, useChoices } from "./choices";

export type Looked = { id: string; name: string };

const flat = (line: SegmentLine): SegmentLine[] => [line, ...line.lines.flatMap(flat)];

/** Which lines hold for a person, by their keys. */
export function useWhy(person: Looked | null, asked: Asked, keyAt: ReadonlyMap<string, string>, purpose: SegmentPurpose) {
  const query = useQuery({
    queryKey: ["segments", "why", person?.id, asked.wording, purpose],
    queryFn: (): Promise<SegmentWhy> => call(api.POST("/api/v1/segments/why", { body: { ...sent(asked.wording), purpose, person: person?.id ?? "" } })),
    enabled: person !== null, placeholderData: keepPreviousData, retry: false, staleTime: 0, refetchInterval: 4_000,
  });
  const why = person ? query.data : undefined;
  const lines = why && !query.isPlaceholderData ? flat(why.line) : [];
  const holds = new Map(lines.map((l): [string, boolean] => [keyAt.get(l.path.join(".")) ?? "", l.holds]));
  return { why, holds: lines.length > 0 ? holds : null, error: person ? query.error : null };
}

type Props = { person: Looked | null; why: SegmentWhy | undefined; error: unknown; onPerson: (person: Looked | null) => void };

export function Why({ person, why, error, onPerson }: Props) {
  const { t } = useTranslation(["segments", "common"]);
  const [typed, setTyped] = useState("");
  const search = useSettled(typed.trim(), 200);
  const { choices, pending } = useChoices(["/api/v1/people"], search, search !== "");
  const options: Choice[] = person && !choices.some((c) => c.value === person.id) ? [...choices, { value: person.id, label: person.name }] : choices;
  const verdict = !why ? null : why.matches ? "in" : !why.counts ? "not_counted" : why.barred ? "barred" : "out";
  return (
    <div className="stack">
      <Field label={t("segments:why_who")} hint={t("segments:why_hint")}>
        {(id) => (
          <Select<string, Choice>
            id={id} showSearch filterOption={false} value={person?.id ?? null} searchValue={typed} onSearch={setTyped} loading={pending} options={options} placeholder={t("segments:why_search")}
            notFoundContent={search === "" ? t("segments:why_search") : pending ? t("common:loading") : t("segments:pick_none")}
            onChange={(value, option) => {
              setTyped("");
              if (value && !Array.isArray(option)) onPerson({ id: value, name: option?.label ?? "" });
            }}
          />
        )}
      </Field>
      <Failure error={error} />
      {person && verdict ? (
        <div className="row" role="status">
          <p className="grow"><Link to="/people/$id" params={{ id: person.id }}>{person.name}</Link>{" "}{t(`segments:verdict.${verdict}`)}</p>
          <Button size="small" onClick={() => onPerson(null)}>{t("segments:why_close")}</Button>
        </div>
      ) : null}
    </div>
  );
}
