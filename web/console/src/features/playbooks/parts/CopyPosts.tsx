// Copies a day to another day, or a week to another week. What the guard rails refuse there is left out and named.
import { api, call } from "@huoqun/api";
import { clockOfMinute, isoDay, plusDays } from "@huoqun/ui";
import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import type { CopyResult } from "@/shared/types";

type Props = { community: string; monday: number; what: "week" | number; onClose: () => void };

export function CopyPosts({ community, monday, what, onClose }: Props) {
  const { t } = useTranslation("playbooks");
  const format = useFormat();
  const week = what === "week";
  const from = week ? monday : what;
  const [to, setTo] = useState(plusDays(from, 7));
  const copy = useAct(
    (): Promise<CopyResult> => {
      const body = { community_id: community, from, to };
      return week ? call(api.POST("/api/v1/playbooks/copy-week", { body })) : call(api.POST("/api/v1/playbooks/copy-day", { body }));
    },
    { renew: [["week"], ["today"]], then: (result) => result.held_back === 0 && onClose() },
  );
  const held = (copy.data?.posts ?? []).filter((p) => !p.check.ok);
  return (
    <SideForm
      open title={week ? t("copy_week") : t("copy_day", { day: format.day(from) })} submit={t("copy_do")} busy={copy.isPending} error={copy.error} blocked={copy.isSuccess}
      onSubmit={() => copy.mutate()} onClose={onClose}
    >
      <Field label={week ? t("copy_to_week") : t("copy_to_day")} hint={t("copy_hint")}>
        {(id) => <Input id={id} type="date" required value={isoDay(to)} onChange={(e) => e.target.value && setTo(Number(e.target.value.replaceAll("-", "")))} />}
      </Field>
      {copy.data ? (
        <div role="status" className="stack">
          <p>{t("copy_done", { done: copy.data.copied, all: copy.data.copied + copy.data.held_back })}</p>
          {held.map((p) => (
            <p key={`${p.slot.day}${p.slot.minute}`}>
              {format.day(p.slot.day)} {clockOfMinute(p.slot.minute)} {p.title}: <span className="bad">{p.check.refusals[0]?.message}</span>
            </p>
          ))}
        </div>
      ) : null}
    </SideForm>
  );
}
