// How many people chosen segments share: a small matrix, with each share of the smaller one.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import type { SegmentOverlap } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useSettled } from "../queries";
import { type Choice, useChoices } from "./choices";
import "./segments.css";

const MOST = 20;

export function OverlapView({ first }: { first: string[] }) {
  const { t } = useTranslation("segments");
  const [picked, setPicked] = useState(first);
  const [typed, setTyped] = useState("");
  const search = useSettled(typed.trim(), 200);
  const { choices } = useChoices(["/api/v1/segments"], search);
  const query = useQuery({
    queryKey: ["segments", "overlap", picked],
    queryFn: (): Promise<SegmentOverlap> => call(api.POST("/api/v1/segments/overlap", { body: { segments: picked } })),
    enabled: picked.length > 1,
  });
  const named: Choice[] = (query.data?.segments ?? []).map((s) => ({ value: s.id, label: s.name }));
  const options = [...choices, ...named.filter((n) => !choices.some((c) => c.value === n.value))];
  return (
    <div className="stack-16">
      <Field label={t("overlap_pick")} hint={t("overlap_hint", { most: MOST })}>
        {(id) => <Select<string[], Choice> id={id} mode="multiple" showSearch filterOption={false} searchValue={typed} onSearch={setTyped} maxCount={MOST} value={picked} options={options} onChange={(ids) => setPicked(ids)} style={{ width: "100%" }} />}
      </Field>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isFetching && !query.data ? <Waiting rows={3} /> : null}
      {query.data && picked.length > 1 ? <Matrix overlap={query.data} /> : null}
    </div>
  );
}

function Matrix({ overlap }: { overlap: SegmentOverlap }) {
  const { t } = useTranslation("segments");
  const { count, percent } = useFormat();
  const size = (at: number) => overlap.matrix[at]?.[at] ?? 0;
  return (
    <div className="seg-matrix-frame" tabIndex={0} role="region" aria-label={t("overlap")}>
      <table className="seg-matrix" aria-label={t("overlap")}>
        <thead>
          <tr>
            <td />
            {overlap.segments.map((s) => <th key={s.id} scope="col" title={s.name}>{s.name}</th>)}
          </tr>
        </thead>
        <tbody>
          {overlap.segments.map((s, row) => (
            <tr key={s.id}>
              <th scope="row" title={s.name}>{s.name}</th>
              {overlap.segments.map((other, col) => {
                const [n, least] = [overlap.matrix[row]?.[col] ?? 0, Math.min(size(row), size(col))];
                return <td key={other.id}>{row === col ? <strong>{count(n)}</strong> : <>{count(n)} <small className="soft">{least > 0 ? percent(n / least) : ""}</small></>}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="soft">{t("overlap_read")}</p>
    </div>
  );
}
