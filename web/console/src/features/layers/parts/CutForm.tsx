// Cut points by hand: four bounds per measure.
import { api, call } from "@huoqun/api";
import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { SideForm } from "@/shared/SideForm";
import type { CutDetail, CutPoints } from "@/shared/types";
import { boundsOf } from "./model";
import "./layers.css";

type Props = { from: CutPoints | null; onClose: () => void; onMade: (id: string) => void };

export function CutForm({ from, onClose, onMade }: Props) {
  const { t } = useTranslation("layers");
  const [r, setR] = useState((from?.r ?? [7, 30, 90, 180]).map((n) => String(Math.max(0, n))));
  const [f, setF] = useState((from?.f ?? [2, 3, 5, 9]).map(String));
  const [m, setM] = useState((from?.m ?? [5_000, 20_000, 50_000, 100_000]).map((n) => String(n / 100)));
  const [gap, setGap] = useState(String(from?.gap_days ?? 30));
  const [rs, fs, ms] = [boundsOf(r), boundsOf(f), boundsOf(m, 100)];
  const gapDays = Number(gap);
  const made = useAct(
    () => call(api.POST("/api/v1/layers/cuts", { body: { cuts: { r: rs ?? [], f: fs ?? [], m: ms ?? [], gap_days: gapDays } as CutPoints } })),
    {
      renew: [["layers", "cuts"]],
      then: (draft: CutDetail) => {
        onClose();
        onMade(draft.id);
      },
    },
  );
  const four = (label: string, hint: string, bounds: string[], set: (b: string[]) => void, bad: boolean) => (
    <Field label={label} hint={hint} error={bad ? t("must_ascend") : null}>
      {(id) => (
        <div className="cuts-fields">
          {bounds.map((b, i) => (
            <Input key={i} {...(i === 0 ? { id } : {})} inputMode="numeric" value={b} aria-label={t("bound_n", { name: label, n: i + 1 })} onChange={(e) => set(bounds.map((x, j) => (j === i ? e.target.value : x)))} />
          ))}
        </div>
      )}
    </Field>
  );
  return (
    <SideForm open title={t("write_cuts")} submit={t("see_moves")} busy={made.isPending} error={made.error} blocked={!rs || !fs || !ms || !(gapDays >= 7 && gapDays <= 180)} onSubmit={() => made.mutate()} onClose={onClose}>
      {four(t("bounds.r"), t("bounds_hint.r"), r, setR, rs === null)}
      {four(t("bounds.f"), t("bounds_hint.f"), f, setF, fs === null)}
      {four(t("bounds.m"), t("bounds_hint.m"), m, setM, ms === null)}
      <Field label={t("gap_days")} hint={t("gap_hint")}>{(id) => <Input id={id} inputMode="numeric" value={gap} onChange={(e) => setGap(e.target.value)} />}</Field>
    </SideForm>
  );
}
