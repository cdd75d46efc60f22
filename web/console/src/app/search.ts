// Search over what has a name: groups, communities, people, codes, employees, tags, posts of the weeks around.
import { api, call } from "@huoqun/api";
import type { Account, CommunityRow, GroupRow, LiveCode, PersonRow, Release, StaffRow, Tag } from "@/shared/types";

export type Hit = { kind: "group" | "community" | "person" | "live_code" | "staff" | "tag" | "post" | "account"; id: string; title: string; note?: string };
type ListOf<T> = { items: T[] };

const EACH = 6;

/** Everything whose name holds the text, most wanted first. A kind the operator may not read is left out. */
export async function find(text: string, may: (permission: string) => boolean): Promise<Hit[]> {
  const params = { params: { query: { search: text, limit: EACH } } };
  const wanted = text.toLowerCase();
  const holds = (name: string) => name.toLowerCase().includes(wanted);
  const asks: [string, () => Promise<Hit[]>][] = [
    ["groups:read", async () => ((await call(api.GET("/api/v1/groups", params))) as ListOf<GroupRow>).items.map((g) => ({ kind: "group", id: g.id, title: g.name, note: g.owner_name ?? "" }))],
    ["communities:read", async () => ((await call(api.GET("/api/v1/communities", params))) as ListOf<CommunityRow>).items.map((c) => ({ kind: "community", id: c.id, title: c.name }))],
    ["people:read", async () => ((await call(api.GET("/api/v1/people", params))) as ListOf<PersonRow>).items.map((p) => ({ kind: "person", id: p.id, title: p.name }))],
    ["live_codes:read", async () => ((await call(api.GET("/api/v1/live-codes", params))) as ListOf<LiveCode>).items.map((c) => ({ kind: "live_code", id: c.id, title: c.title, note: c.hook }))],
    ["staff:read", async () => ((await call(api.GET("/api/v1/staff", params))) as ListOf<StaffRow>).items.map((s) => ({ kind: "staff", id: s.id, title: s.name, note: s.title ?? "" }))],
    ["tags:read", async () => ((await call(api.GET("/api/v1/tags"))) as ListOf<Tag>).items.filter((x) => holds(x.name)).slice(0, EACH).map((x) => ({ kind: "tag", id: x.id, title: x.name, note: x.group_name }))],
    ["metrics:read", async () => ((await call(api.GET("/api/v1/metrics/releases", { params: { query: { limit: 100 } } }))) as ListOf<Release>).items.filter((r) => holds(r.title)).slice(0, EACH).map((r) => ({ kind: "post", id: r.post_id, title: r.title, note: String(r.day) }))],
    ["accounts:read", async () => ((await call(api.GET("/api/v1/accounts"))) as ListOf<Account>).items.filter((a) => holds(a.name)).map((a) => ({ kind: "account", id: a.id, title: a.name }))],
  ];
  const found = await Promise.all(asks.filter(([permission]) => may(permission)).map(([, ask]) => ask()));
  return found.flat();
}

/** Where a hit leads. */
export function placeOfHit(hit: Hit): string {
  const id = encodeURIComponent(hit.id);
  switch (hit.kind) {
    case "group":
      return `/groups/${id}`;
    case "community":
      return `/communities/${id}`;
    case "person":
      return `/people/${id}`;
    case "live_code":
      return `/content/live-codes/${id}`;
    case "post":
      return `/results/${id}`;
    case "account":
      return `/settings/accounts/${id}`;
    case "staff":
      return "/settings/staff";
    case "tag":
      return "/people/tags";
  }
}
