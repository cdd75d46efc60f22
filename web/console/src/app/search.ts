// Search over what has a name: groups, communities, people, codes, employees, tags, posts, connections, and our pages.
import { api, call } from "@huoqun/api";
import type { Account, CommunityRow, FoundPost, GroupRow, LiveCode, PersonRow, SegmentRow, StaffRow, Tag } from "@/shared/types";
import { places, subsOf } from "./places";

export type Kind = "group" | "community" | "person" | "live_code" | "staff" | "tag" | "segment" | "post" | "account" | "page";
export type Hit = { kind: Kind; id: string; title: string; note?: string; to: string };
type ListOf<T> = { items: T[] };

const EACH = 6;

/** Everything whose name fits the text, as written or by pinyin: the server knows both. A kind the operator may not read is left out. */
export async function find(text: string, may: (permission: string) => boolean): Promise<Hit[]> {
  const params = { params: { query: { search: text, limit: EACH } } };
  const id = encodeURIComponent;
  const asks: [string, () => Promise<Hit[]>][] = [
    ["groups:read", async () => ((await call(api.GET("/api/v1/groups", params))) as ListOf<GroupRow>).items.map((g) => ({ kind: "group", id: g.id, title: g.name, note: g.owner_name ?? "", to: `/groups/${id(g.id)}` }))],
    ["communities:read", async () => ((await call(api.GET("/api/v1/communities", params))) as ListOf<CommunityRow>).items.map((c) => ({ kind: "community", id: c.id, title: c.name, to: `/communities/${id(c.id)}` }))],
    ["people:read", async () => ((await call(api.GET("/api/v1/people", params))) as ListOf<PersonRow>).items.map((p) => ({ kind: "person", id: p.id, title: p.name, to: `/people/${id(p.id)}` }))],
    ["live_codes:read", async () => ((await call(api.GET("/api/v1/live-codes", params))) as ListOf<LiveCode>).items.map((c) => ({ kind: "live_code", id: c.id, title: c.title, note: c.hook, to: `/content/live-codes/${id(c.id)}` }))],
    ["playbooks:read", async () => ((await call(api.GET("/api/v1/playbooks/posts", params))) as ListOf<FoundPost>).items.map((p) => postHit(p, may("metrics:read")))],
    ["tags:read", async () => ((await call(api.GET("/api/v1/tags", { params: { query: { search: text } } }))) as ListOf<Tag>).items.slice(0, EACH).map((x) => ({ kind: "tag", id: x.id, title: x.name, note: x.group_name, to: "/people/tags" }))],
    ["segments:read", async () => ((await call(api.GET("/api/v1/segments", params))) as ListOf<SegmentRow>).items.map((s) => ({ kind: "segment", id: s.id, title: s.name, to: `/people/segments/${id(s.id)}` }))],
    ["staff:read", async () => ((await call(api.GET("/api/v1/staff", params))) as ListOf<StaffRow>).items.map((s) => ({ kind: "staff", id: s.id, title: s.name, note: s.title ?? "", to: "/settings/staff" }))],
    ["accounts:read", async () => ((await call(api.GET("/api/v1/accounts"))) as ListOf<Account>).items.filter((a) => holds(a.name, text)).map((a) => ({ kind: "account", id: a.id, title: a.name, to: `/settings/accounts/${id(a.id)}` }))],
  ];
  const found = await Promise.all(asks.filter(([permission]) => may(permission)).map(([, ask]) => ask()));
  return found.flat();
}

/** A post that ran leads to what came of it, one that lies ahead to its place in the plan. */
function postHit(post: FoundPost, results: boolean): Hit {
  const ran = results && post.prompted_at > 0;
  const plan = `/plan?${new URLSearchParams({ community: post.community_id, day: String(post.day), post: post.id })}`;
  const day = String(post.day);
  return { kind: "post", id: post.id, title: post.title, note: `${day.slice(4, 6)}-${day.slice(6)} ${post.community_name}`, to: ran ? `/results/${encodeURIComponent(post.id)}` : plan };
}

const holds = (name: string, text: string) => name.toLowerCase().includes(text.toLowerCase());

type PageWords = { title: (word: string) => string; also: (word: string) => string };

/** Pages of the console by their title, and by what else an operator may call them. */
export function findPages(text: string, { title, also }: PageWords): Hit[] {
  const seen = new Set<string>();
  const all = places.flatMap((place) => [{ to: place.to, word: place.word as string, top: true }, ...subsOf(place).map((s) => ({ to: s.to, word: s.word as string, top: false }))]);
  const hits = all.filter(({ to, word, top }) => {
    const name = title(top ? `place.${word}` : `sub.${word}`);
    const begins = also(word).toLowerCase().split(" ").some((other) => other.startsWith(text.toLowerCase()));
    if (seen.has(to) || !(holds(name, text) || begins)) return false;
    seen.add(to);
    return true;
  });
  return hits.map(({ to, word, top }) => ({ kind: "page", id: to, title: title(top ? `place.${word}` : `sub.${word}`), to }));
}

/** What is called exactly so first, then what begins so, then what holds it as written, then what sounds so. */
export function ranked(hits: Hit[], text: string): Hit[] {
  const wanted = text.toLowerCase().replaceAll(/\s/g, "");
  const rank = (hit: Hit) => {
    const name = hit.title.toLowerCase().replaceAll(/\s/g, "");
    return name === wanted ? 0 : name.startsWith(wanted) ? 1 : name.includes(wanted) ? 2 : 3;
  };
  return hits.map((hit, at) => ({ hit, at, rank: rank(hit) })).sort((a, b) => a.rank - b.rank || a.at - b.at).map(({ hit }) => hit);
}
