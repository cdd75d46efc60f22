// What the plan asks of the server, and how its answers become the grid's chips.
import { ApiError, api, call } from "@huoqun/api";
import { dayOf, instantOf, minuteOf } from "@huoqun/ui";
import { queryOptions } from "@tanstack/react-query";
import type { Checked, CommunityRow, Post, Template, Week } from "@/shared/types";
import type { Chip, Slot, Verdict } from "./parts/week";

export const weekQuery = (community: string, monday: number) =>
  queryOptions({
    queryKey: ["week", community, monday],
    queryFn: (): Promise<Week> => call(api.GET("/api/v1/playbooks/week", { params: { query: { community_id: community, monday } } })),
    refetchInterval: 20_000,
  });

export const postQuery = (id: string) =>
  queryOptions({ queryKey: ["post", id], queryFn: (): Promise<Post> => call(api.GET("/api/v1/playbooks/posts/{id}", { params: { path: { id } } })) });

export const templatesQuery = queryOptions({
  queryKey: ["templates"],
  queryFn: (): Promise<{ items: Template[] }> => call(api.GET("/api/v1/playbooks/templates")),
  staleTime: Infinity,
});

export const communitiesQuery = queryOptions({
  queryKey: ["communities", "all"],
  queryFn: (): Promise<{ items: CommunityRow[] }> => call(api.GET("/api/v1/communities", { params: { query: { limit: 200 } } })),
  staleTime: 60_000,
});

export const toChip = (p: Post): Chip => ({
  id: p.id, title: p.title || p.text.slice(0, 24), day: p.day, minute: p.minute, kind: p.value_kind, way: p.way, state: p.state, tracked: p.tracked, movable: p.movable, groups: p.groups,
});

/** Turns a refusal into a verdict; anything else stays an error. */
export function verdictOf(error: unknown, zone: string): Verdict {
  if (!(error instanceof ApiError) || !error.message) throw error;
  const nearest = error.args.nearest_at;
  return {
    ok: false,
    sentence: error.message,
    ...(typeof nearest === "number" ? { nearest: { day: dayOf(nearest, zone), minute: minuteOf(nearest, zone) } } : {}),
  };
}

/** Moves a post, or with `dry` only asks whether it may be moved. */
export async function movePost(id: string, slot: Slot, zone: string, dry: boolean): Promise<Verdict> {
  try {
    const checked: Checked = await call(
      api.PATCH("/api/v1/playbooks/posts/{id}", { params: { path: { id }, query: { dry_run: dry } }, body: { due_at: instantOf(slot.day, slot.minute, zone) } }),
    );
    return { ok: true, warnings: checked.warnings };
  } catch (error) {
    return verdictOf(error, zone);
  }
}
