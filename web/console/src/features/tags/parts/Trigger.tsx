// What wakes a rule. Triggers without a source of data are not offered.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useTranslation } from "react-i18next";
import { Field } from "@/shared/Field";
import { TagPick } from "@/shared/TagPick";
import type { TagTrigger } from "@/shared/types";
import { useWords } from "@/shared/words";

const OFFERED = ["code", "join", "leave", "add", "lost", "click", "purchase", "tagged", "untagged"] as const;
const COMMUNITY_KINDS = ["traffic", "flash", "content", "punch_card"] as const;
const VALUES = ["activity", "content", "popularity", "service"] as const;

/** A trigger of this kind that waits for anything. */
export function fresh(on: (typeof OFFERED)[number]): TagTrigger {
  return on === "tagged" || on === "untagged" ? { on, tags: [] } : { on };
}

type Option = { value: string; label: string };
type ManyProps = { label: string; value: string[] | undefined; options: Option[]; onChange: (ids: string[]) => void };

function Many({ label, value, options, onChange }: ManyProps) {
  const { t } = useTranslation("tags");
  return (
    <Field label={label} optional>
      {(id) => <Select id={id} mode="multiple" optionFilterProp="label" placeholder={t("any")} value={value ?? []} options={options} onChange={onChange} style={{ width: "100%" }} />}
    </Field>
  );
}

type Named = { id: string; name?: string | null; title?: string | null };
function useNamed(key: string, fetch: () => Promise<{ items: Named[] }>, enabled: boolean): Option[] {
  const query = useQuery({ queryKey: [key, "named"], queryFn: fetch, enabled, staleTime: 60_000 });
  return (query.data?.items ?? []).map((x) => ({ value: x.id, label: x.name ?? x.title ?? x.id }));
}

const limit = { params: { query: { limit: 200 } } };

export function Trigger({ value, onChange }: { value: TagTrigger; onChange: (trigger: TagTrigger) => void }) {
  const { t } = useTranslation("tags");
  const words = useWords();
  const on = value.on;
  const codes = useNamed("live-codes", () => call(api.GET("/api/v1/live-codes", limit)), on === "code");
  const groups = useNamed("groups", () => call(api.GET("/api/v1/groups", limit)), on === "join" || on === "leave");
  const communities = useNamed("communities", () => call(api.GET("/api/v1/communities", limit)), on === "join" || on === "leave");
  const links = useNamed("links", () => call(api.GET("/api/v1/links", limit)), on === "click");
  const posts = useNamed("releases", async () => ({ items: (await call(api.GET("/api/v1/metrics/releases", limit))).items.map((r) => ({ id: r.post_id, title: r.title })) }), on === "click");
  const staff = useNamed("staff", () => call(api.GET("/api/v1/staff", limit)), on === "add" || on === "lost");
  return (
    <div className="rule-part">
      <Field label={t("trigger")}>
        {(id) => <Select<string> id={id} value={on} options={OFFERED.map((x) => ({ value: x, label: t(`triggers.${x}`) }))} onChange={(x) => onChange(fresh(x as (typeof OFFERED)[number]))} />}
      </Field>
      {value.on === "code" ? <Many label={t("codes")} value={value.codes} options={codes} onChange={(ids) => onChange({ ...value, codes: ids })} /> : null}
      {value.on === "join" || value.on === "leave" ? (
        <>
          <Many label={t("groups")} value={value.groups} options={groups} onChange={(ids) => onChange({ ...value, groups: ids })} />
          <Many label={t("communities")} value={value.communities} options={communities} onChange={(ids) => onChange({ ...value, communities: ids })} />
        </>
      ) : null}
      {value.on === "join" ? (
        <Many label={t("kinds")} value={value.kinds} options={COMMUNITY_KINDS.map((k) => ({ value: k, label: words("tags", "community_kinds", k) }))} onChange={(ids) => onChange({ ...value, kinds: ids })} />
      ) : null}
      {value.on === "add" || value.on === "lost" ? <Many label={t("staff")} value={value.staff} options={staff} onChange={(ids) => onChange({ ...value, staff: ids })} /> : null}
      {value.on === "click" ? (
        <>
          <Many label={t("links")} value={value.links} options={links} onChange={(ids) => onChange({ ...value, links: ids })} />
          <Many label={t("posts")} value={value.posts} options={posts} onChange={(ids) => onChange({ ...value, posts: ids })} />
          <Many label={t("values")} value={value.values} options={VALUES.map((k) => ({ value: k, label: words("tags", "value_kinds", k) }))} onChange={(ids) => onChange({ ...value, values: ids })} />
        </>
      ) : null}
      {value.on === "tagged" || value.on === "untagged" ? <Field label={t("trigger_tags")}>{(id) => <TagPick id={id} value={value.tags} onChange={(tags) => onChange({ ...value, tags })} />}</Field> : null}
      {value.on === "click" ? <p className="soft">{t("click_hint")}</p> : null}
      {value.on === "tagged" || value.on === "untagged" ? <p className="soft">{t("chain_hint")}</p> : null}
    </div>
  );
}
