// What the plan asks of the server, and how its answers become the grid's chips.
import { ApiError, api, call } from "@huoqun/api";
import { queryOptions } from "@tanstack/react-query";
import { setNow } from "@/shared/now";
import type { Check, Checked, CommunityRow, Plan, Post, PostDetail, Template, Week } from "@/shared/types";
import type { Band, Chip, DayLoad, Mix, Slot, Verdict } from "./parts/week";

export const weekQuery = (community: string, day: number) =>
  queryOptions({
    queryKey: ["week", community, day],
    queryFn: async (): Promise<Week> => {
      const week = (await call(api.GET("/api/v1/playbooks/week", { params: { query: { community, day } } }))) as Week;
      setNow(week.now);
      return week;
    },
    refetchInterval: 20_000,
  });

export const postQuery = (id: string) =>
  queryOptions({ queryKey: ["post", id], queryFn: (): Promise<PostDetail> => call(api.GET("/api/v1/playbooks/posts/{id}", { params: { path: { id } } })) });

export const templatesQuery = queryOptions({
  queryKey: ["templates"],
  queryFn: (): Promise<Template[]> => call(api.GET("/api/v1/playbooks/templates")),
  staleTime: Infinity,
});

export const plansQuery = (community: string) =>
  queryOptions({ queryKey: ["plans", community], queryFn: (): Promise<Plan[]> => call(api.GET("/api/v1/playbooks/plans", { params: { query: { community } } })) });

export const communitiesQuery = queryOptions({
  queryKey: ["communities", "all"],
  queryFn: (): Promise<{ items: CommunityRow[] }> => call(api.GET("/api/v1/communities", { params: { query: { limit: 200 } } })),
  staleTime: 60_000,
});

/** A post may be moved while it hasn't left. */
export const isOpen = (p: Post): boolean => p.state === "planned" || p.state === "approved";

export const toChip = (p: Post): Chip => ({
  id: p.id, title: p.title, day: p.day, minute: p.minute, kind: p.kind, way: p.way, state: p.state, tracked: p.link_target !== "", movable: isOpen(p), groups: p.groups_total,
});

export const loadsOf = (week: Week): DayLoad[] =>
  week.days.map((d) => ({ day: d.day, posts: d.cap.used, cap: d.cap.limit, broadcasts: d.broadcast_quota.used, quota: d.broadcast_quota.limit }));

/** Shares of the mix as fractions. */
export const mixOf = ({ mix }: Week): Mix =>
  (["activity", "content", "popularity"] as const).map((kind) => ({ kind, share: mix.total > 0 ? mix[kind] / 100 : 0 }));

export const bandsOf = ({ windows }: Week): Band[] => [
  { kind: "quiet", from: 0, to: windows.quiet_until },
  { kind: "quiet", from: windows.quiet_from, to: 24 * 60 },
  ...windows.meals.map(([from = 0, to = 0]): Band => ({ kind: "meal", from, to })),
];

const verdictOfCheck = (check: Check): Verdict =>
  check.ok
    ? { ok: true, warnings: check.warnings.map((w) => w.message) }
    : { ok: false, sentence: check.refusals[0]?.message ?? "", ...(check.nearest ? { nearest: check.nearest } : {}) };

/** Turns a refusal into a verdict with its nearest good slot; anything else stays an error. */
export function verdictOfError(error: unknown): Verdict {
  if (!(error instanceof ApiError) || !error.message || error.status >= 500) throw error;
  const { nearest_day: day, nearest_minute: minute } = error.args;
  return { ok: false, sentence: error.message, ...(typeof day === "number" && typeof minute === "number" ? { nearest: { day, minute } } : {}) };
}

/** Moves a post, or with `dry` only asks whether it may be moved. */
export async function movePost(id: string, slot: Slot, dry: boolean): Promise<Verdict> {
  try {
    const checked: Checked = await call(api.PATCH("/api/v1/playbooks/posts/{id}", { params: { path: { id } }, body: { ...slot, dry_run: dry } }));
    return verdictOfCheck(checked.check);
  } catch (error) {
    return verdictOfError(error);
  }
}
