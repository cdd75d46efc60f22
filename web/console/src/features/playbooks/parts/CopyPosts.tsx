// Copies a day to another day, or a week to another week. Each copy is checked like a new post; what doesn't hold is named.
import { api, call } from "@huoqun/api";
import { instantOf, mondayOf, plusDays } from "@huoqun/ui";
import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { sentence } from "@/shared/Failure";
import { Field } from "@/shared/Field";
import { useFormat } from "@/shared/format";
import { SideForm } from "@/shared/SideForm";
import type { Post } from "@/shared/types";

const iso = (day: number) => `${Math.floor(day / 10_000)}-${String(Math.floor(day / 100) % 100).padStart(2, "0")}-${String(day % 100).padStart(2, "0")}`;

type Props = { posts: Post[]; monday: number; what: "week" | number; onClose: () => void };
type Outcome = { title: string; error: string | null };

export function CopyPosts({ posts, monday, what, onClose }: Props) {
  const { t } = useTranslation(["playbooks", "common"]);
  const format = useFormat();
  const week = what === "week";
  const [to, setTo] = useState(week ? plusDays(monday, 7) : plusDays(what, 7));
  const chosen = week ? posts : posts.filter((p) => p.day === what);
  const target = (post: Post) => (week ? plusDays(post.day, daysBetween(monday, mondayOf(to))) : to);
  const copy = useAct(
    async () => {
      const outcomes: Outcome[] = [];
      for (const post of chosen) {
        const body = {
          community_id: post.community_id, title: post.title, text: post.text, value_kind: post.value_kind, way: post.way, link_url: post.link_url ?? null, link_title: post.link_title ?? null,
          due_at: instantOf(target(post), post.minute, format.zone),
        };
        const error = await call(api.POST("/api/v1/playbooks/posts", { body })).then(() => null, (e: unknown) => sentence(e, t as never));
        outcomes.push({ title: post.title, error });
      }
      return outcomes;
    },
    { renew: [["week"], ["today"]], then: (outcomes) => outcomes.every((o) => o.error === null) && onClose() },
  );
  const refused = (copy.data ?? []).filter((o) => o.error !== null);
  return (
    <SideForm
      open title={week ? t("playbooks:copy_week") : t("playbooks:copy_day", { day: format.day(what) })} submit={t("playbooks:copy_do", { count: chosen.length })} busy={copy.isPending} error={copy.error}
      blocked={chosen.length === 0 || copy.isSuccess} onSubmit={() => copy.mutate()} onClose={onClose}
    >
      <Field label={week ? t("playbooks:copy_to_week") : t("playbooks:copy_to_day")} hint={t("playbooks:copy_hint")}>
        {(id) => <Input id={id} type="date" required value={iso(to)} onChange={(e) => e.target.value && setTo(Number(e.target.value.replaceAll("-", "")))} />}
      </Field>
      {copy.data ? (
        <div role="status" className="stack">
          <p>{t("playbooks:copy_done", { done: copy.data.length - refused.length, all: copy.data.length })}</p>
          {refused.map((o) => (
            <p key={o.title} className="bad">
              {o.title}: {o.error}
            </p>
          ))}
        </div>
      ) : null}
    </SideForm>
  );
}

const daysBetween = (from: number, to: number): number => {
  let n = 0;
  for (let day = Math.min(from, to); day < Math.max(from, to); day = plusDays(day, 1)) n++;
  return to < from ? -n : n;
};
