// Hits in the order of how well they are called so; pages by title and by what else they are called; where posts lead.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { find, findPages, type Hit, ranked } from "./search";
import { words } from "./words/zh-CN";

const fetched = vi.fn<(request: Request) => Promise<Response>>();
beforeEach(() => vi.stubGlobal("fetch", fetched));
afterEach(() => vi.unstubAllGlobals());

const hit = (title: string): Hit => ({ kind: "group", id: title, title, to: "/" });

it("puts what is written so before what only sounds so", () => {
  const titles = ranked([hit("Sunny Clxs"), hit("橙里鲜生"), hit("clxs 2"), hit("CLXS")], "clxs").map((h) => h.title);
  expect(titles).toEqual(["CLXS", "clxs 2", "Sunny Clxs", "橙里鲜生"]);
});

it("finds pages by title, pinyin and other names, each address once", () => {
  const title = (key: string) => key.split(".").reduce<unknown>((tree, part) => (tree as Record<string, unknown>)[part], words.app) as string;
  const also = (word: string) => (words.app.search.also as Record<string, string>)[word] ?? word;
  const to = (text: string) => findPages(text, { title, also }).map((h) => h.to);
  expect(to("企业设置")).toEqual(["/settings/tenant"]);
  expect(to("qysz")).toEqual(["/settings/tenant"]);
  expect(to("时区")).toEqual(["/settings/tenant"]);
  expect(new Set(to("社群")).size).toBe(to("社群").length);
});

it("asks only for what the operator may read, and leads posts to the plan or to their results", async () => {
  const post = { id: "pst_1", title: "早餐", community_id: "com_1", community_name: "早餐群", day: 2026_0821, minute: 480, state: "planned", prompted_at: 0 };
  fetched.mockImplementation(() => Promise.resolve(new Response(JSON.stringify({ items: [post, { ...post, id: "pst_2", prompted_at: 5 }] }), { status: 200, headers: { "content-type": "application/json" } })));
  const hits = await find("zc", (permission) => ["playbooks:read", "metrics:read"].includes(permission));
  expect(fetched.mock.calls.map(([request]) => new URL(request.url).pathname)).toEqual(["/api/v1/playbooks/posts"]);
  expect(hits.map((h) => h.to)).toEqual(["/plan?community=com_1&day=20260821&post=pst_1", "/results/pst_2"]);
  expect(hits[0]?.note).toBe("08-21 早餐群");
});
