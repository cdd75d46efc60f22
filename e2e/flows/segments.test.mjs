// An audience from question to proof: the mothers are built line by line, one buys and the number moves, the list is
// frozen with its digest, and an analyst takes it out as a file without contact data and without being able to change it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, describe } from "node:test";

import { DESK, ORIGIN, PHONE, SIGNED_IN, faults, openPage, screenshot, settled, startBrowser, visit } from "../harness/browser.mjs";
import { story } from "../harness/story.mjs";
import { Desk, Town, eventually } from "../harness/town.mjs";

/** Lets the story be told again to the same company while it is being written. */
const AGAIN = process.env.E2E_AGAIN ?? "";
const FIRST = `人群里的周小禾${AGAIN}`;
const SECOND = `人群里的许小麦${AGAIN}`;
const NAME = `买过两次的妈妈${AGAIN}`;
const REASON = `七夕给她们发券${AGAIN}`;
const TAKEN = `核对七夕的名单${AGAIN}`;

describe("from question to frozen list", () => {
  let browser, page, desk, town;
  const told = {};

  before(async () => {
    browser = await startBrowser();
    desk = new Desk();
    town = await Town.find(desk);
    // Nobody else may buy while one waits for her.
    await town.speed(1);
    page = await openPage(browser, DESK, SIGNED_IN);
  });
  after(async () => {
    await town?.speed(60);
    await browser?.close();
  });

  const step = story();

  const total = async () => Number((await page.locator(".seg-total").innerText()).replaceAll(/\D/g, ""));
  /** The answer to what the lines say now, not to what they said before. */
  const answered = () => page.waitForFunction(() => document.querySelector(".seg-total:not(.old)") !== null);
  const line = (words) => page.locator(".seg-say").filter({ hasText: words });
  const pick = async (box, typed, option) => {
    await box.click();
    await box.pressSequentially(typed);
    const open = page.locator(".ant-select-dropdown:not(.ant-select-dropdown-hidden)");
    await open.locator(".ant-select-item-option").filter({ hasText: option }).first().dispatchEvent("click");
    await page.keyboard.press("Escape");
  };
  const buy = async (person, number) => {
    const { now } = await desk.get("/api/v1/session");
    await desk.sellByHook({
      order_no: `SEGMENT-${number}${AGAIN}`, external_id: person, amount_fen: 5_000, paid_fen: 5_000, paid_at: now - 60_000,
      items: [{ sku: "diaper", name: "纸尿裤", quantity: 1, paid_fen: 5_000 }],
    });
  };

  /** A mother who is somebody's contact, may be promoted to, and has bought nothing. */
  async function mother(name, code, tag, baby) {
    const { person } = await town.act("make_person", { name });
    await town.act("scan", { code, person });
    const known = await eventually(`the contact ${name}`, async () => (await desk.get(`/api/v1/people?search=${encodeURIComponent(name)}`)).items[0]);
    await desk.ask("POST", `/api/v1/people/${known.id}/tags`, { tags: [tag] });
    const { now } = await desk.get("/api/v1/session");
    const born = new Date(now - 250 * 86_400_000).toISOString().slice(0, 10);
    await desk.ask("PUT", `/api/v1/people/${known.id}/fields/${baby}`, { value: born });
    await desk.ask("POST", `/api/v1/privacy/people/${known.id}/consents`, { purpose: "promotion", granted: true, evidence: "她在店里说可以" });
    return { outside: person, id: known.id };
  }

  step("two mothers come", async () => {
    const { items: codes } = await desk.get("/api/v1/live-codes?limit=200");
    const published = (await town.map()).codes;
    const code = published.find((c) => codes.some((x) => x.state === c.state && x.target === "staff" && x.status === "live")).config_id;
    const { items: tags } = await desk.get("/api/v1/tags");
    const tag = tags.find((t) => t.name === "宝妈").id;
    const { items: fields } = await desk.get("/api/v1/people/fields");
    const baby = fields.find((f) => f.name === "宝宝生日").id;
    told.first = await mother(FIRST, code, tag, baby);
    told.second = await mother(SECOND, code, tag, baby);
  });

  step("the mothers' segment is built from a template that finds the company's own field, a tag besides by pinyin", async () => {
    await visit(page, "/people/segments");
    await page.getByRole("button", { name: "现成的写法" }).first().click();
    await page.getByRole("button", { name: /^用这个：宝宝/ }).first().click();
    await page.getByRole("heading", { level: 1, name: "新建人群" }).waitFor();
    await settled(page);
    await answered();
    await line("宝宝生日").waitFor();
    await pick(page.getByRole("combobox", { name: "加条件：整个人群" }), "bq", "标签");
    await line("标签：还要选择").waitFor();
    assert.equal(await page.getByRole("button", { name: /^保\s?存$/ }).isDisabled(), true, "a line without its tag must not be saved");
    await pick(page.getByRole("combobox", { name: "标签", exact: true }), "bm", "宝妈");
    await line("标签：宝妈").waitFor();
    await answered();
    assert.match(await page.getByRole("textbox", { name: "文字写法" }).inputValue(), /age "宝宝生日" @\S+ 6\.\.12 months\n.*bought >= 2 in 60 days[^]*tag "宝妈" @/);
    assert.deepEqual(await faults(page), []);
    await screenshot(page, "people-segments-builder-1440");
  });

  step("the number moves when she buys for the second time, and says why", async () => {
    const before = await total();
    await pick(page.getByRole("combobox", { name: "这个人" }), FIRST, FIRST);
    await page.getByText("不在里面").first().waitFor();
    await buy(told.first.outside, 1);
    await buy(told.first.outside, 2);
    await page.waitForFunction((n) => Number(document.querySelector(".seg-total:not(.old)")?.textContent.replaceAll(/\D/g, "")) === n, before + 1);
    await page.getByText("在里面。").waitFor();
    assert.equal(await page.locator(".seg-held.yes").count() > 3, true);
    assert.deepEqual(await faults(page), []);
    told.count = before + 1;
  });

  step("lines move and come back by keyboard, and a pasted text becomes lines", async () => {
    const lines = () => page.locator(".seg-say").allInnerTexts();
    const before = await lines();
    await line("最近 60 天购买").focus();
    await page.keyboard.press("Alt+ArrowUp");
    assert.notDeepEqual(await lines(), before);
    await page.keyboard.press("Control+z");
    assert.deepEqual(await lines(), before);
    const text = page.getByRole("textbox", { name: "文字写法" });
    await answered();
    const whole = await text.inputValue();
    await text.fill(`${whole}\nbougt >= 2`);
    await page.getByRole("button", { name: /^到第 \d+ 行第 1 列$/ }).waitFor();
    await text.fill(whole);
    await page.getByRole("button", { name: /^到第/ }).waitFor({ state: "detached" });
    await answered();
    assert.equal(await total(), told.count);
    assert.deepEqual(await lines(), before);
  });

  step("it is kept, and who enters from now on is told", async () => {
    await page.getByLabel("名称", { exact: true }).fill(NAME);
    await page.getByRole("button", { name: /^保\s?存$/ }).click();
    await page.getByRole("heading", { level: 1, name: NAME }).waitFor();
    told.id = page.url().split("/").pop();
    await eventually("the first people", async () => (await desk.get(`/api/v1/segments/${told.id}`)).settled);
    await buy(told.second.outside, 3);
    await buy(told.second.outside, 4);
    const move = page.getByRole("row", { name: new RegExp(`${SECOND}.*进入`, "s") });
    await move.waitFor({ timeout: 40_000 });
    await move.getByText(/^下单付款：SEGMENT-4/).waitFor();
    await page.getByText(`现在 ${(told.count + 1).toLocaleString("zh-CN")} 人`).waitFor();
    await page.getByRole("button", { name: "核对一次" }).click();
    await page.getByText(/^两边完全一致/).waitFor();
    assert.deepEqual(await faults(page), []);
    await screenshot(page, "people-segments-one-1440");
  });

  step("the list is frozen, and its digest proves who was in", async () => {
    await page.getByRole("button", { name: /^定\s?格$/ }).click();
    await page.getByLabel("原因", { exact: true }).fill(REASON);
    await page.locator(".ant-drawer-content-wrapper button[type=submit]").click();
    await page.getByRole("button", { name: REASON }).click();
    const digest = await page.locator(".ant-drawer-content-wrapper code").innerText();
    const { items: frozen } = await desk.get(`/api/v1/segments/snapshots?segment=${told.id}`);
    const ids = [];
    for (let cursor = ""; cursor !== null; ) {
      const people = await desk.get(`/api/v1/segments/snapshots/${frozen[0].id}/people?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      ids.push(...people.items.map((p) => p.id));
      cursor = people.next ?? null;
    }
    assert.ok(ids.includes(told.first.id) && ids.includes(told.second.id));
    told.frozen = ids.toSorted();
    assert.equal(digest, createHash("sha256").update(ids.sort().map((id) => `${id}\n`).join("")).digest("hex"));
    assert.deepEqual(await faults(page), []);
    await screenshot(page, "people-segments-frozen-1440");
  });

  step("an analyst takes it out without contact data, and changes nothing", async () => {
    const invited = await desk.ask("POST", "/api/v1/access/operators", { login: `analyst${AGAIN}@segments`, name: `看数的人${AGAIN}`, role: "analyst" });
    const other = await openPage(browser, DESK, {});
    const door = new URL(invited.sign_in_url);
    await other.goto(`${ORIGIN}${door.pathname}${door.search}`);
    await other.waitForURL(/\/today$/);
    other.troubles.length = 0;
    await visit(other, `/people/segments/${told.id}`);
    await other.getByRole("button", { name: REASON }).waitFor();
    for (const name of [/^修\s?改$/, /^定\s?格$/, /^归\s?档$/]) assert.equal(await other.getByRole("button", { name }).count(), 0);
    assert.deepEqual(await faults(other), []);
    const refused = await other.request.post(`${ORIGIN}/api/v1/segments/${told.id}/freeze`, { data: { reason: REASON }, headers: { "x-huoqun": "e2e" } });
    assert.equal(refused.status(), 403);
    await other.getByRole("button", { name: REASON }).click();
    await other.locator(".ant-drawer-content-wrapper").getByRole("button", { name: /^导\s?出$/ }).click();
    await other.getByText("你的角色看不到手机号和平台 ID，文件里也没有。").waitFor();
    await other.getByText("CSV", { exact: true }).click();
    await other.getByLabel("理由", { exact: true }).fill(TAKEN);
    assert.deepEqual(await faults(other), []);
    await other.locator(".ant-drawer-content-wrapper button[type=submit]").click();
    await other.getByText("正在写文件。").waitFor();
    await visit(other, "/settings/exports");
    const row = other.getByRole("row", { name: new RegExp(`定格的名单.*${TAKEN}`, "s") });
    const [download] = await Promise.all([
      other.waitForEvent("download", { timeout: 40_000 }),
      row.getByRole("link", { name: /^下\s?载$/ }).click({ timeout: 40_000 }),
    ]);
    const [titles, ...rows] = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
    assert.match(titles, /编号,名字,/);
    assert.doesNotMatch(titles, /手机|ID/i);
    assert.match(rows.at(-1), new RegExp(TAKEN));
    assert.deepEqual(rows.slice(0, -1).map((line) => line.split(",")[0]).toSorted(), told.frozen);
    assert.ok(rows.some((line) => line.includes(FIRST)) && rows.some((line) => line.includes(SECOND)));
    assert.deepEqual(await faults(other), []);
    await other.context().close();
  });

  step("all of it fits a phone", async () => {
    const phone = await openPage(browser, PHONE, SIGNED_IN);
    for (const path of [`/people/segments/${told.id}`, `/people/segments/edit/${told.id}`, "/people/segments/new?template=once"]) {
      await visit(phone, path);
      assert.deepEqual(await faults(phone), [], path);
    }
    await phone.locator(".seg-say").first().click();
    await phone.getByLabel("至多").fill("2");
    await phone.locator(".seg-say").filter({ hasText: "1 到 2 次" }).waitFor();
    assert.deepEqual(await faults(phone), []);
    await screenshot(phone, "people-segments-builder-390");
    await phone.context().close();
  });
});
