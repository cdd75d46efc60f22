// Every page of the console over the lived history, on a desk and on a phone, in light and dark, in three languages.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESK, PHONE, SIGNED_IN, faults, openPage, screenshot, settled, startBrowser, visit } from "../harness/browser.mjs";

const LISTS = [
  "/today", "/today/tasks", "/plan", "/communities", "/groups", "/people", "/people/suggestions", "/people/losses",
  "/people/handover", "/people/tags", "/people/tag-rules",
  "/people/tag-jobs", "/content/live-codes",
  "/content/welcomes", "/content/broadcasts", "/results", "/results/orders", "/results/definitions",
  "/settings/accounts", "/settings/staff", "/settings/operators", "/settings/tenant", "/settings/imports",
  "/settings/exports", "/settings/fields", "/settings/audit", "/settings/jobs", "/settings/abilities", "/settings/language",
  "/settings/privacy", "/people/requests",
  "/people/layers", "/people/ladders", "/people/benefits", "/people/promotions", "/people/promotion-ways",
  "/settings/api-keys", "/settings/events", "/settings/webhooks", "/people/segments", "/people/segments/new",
];
/** Lists whose first entry leads to a page of its own. */
const LEADS_ON = [
  "/communities", "/groups", "/people", "/people/handover", "/content/live-codes", "/content/broadcasts", "/results", "/settings/accounts",
  "/people/requests", "/settings/imports", "/settings/webhooks", "/people/segments",
];

describe("tour of the console", () => {
  let browser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser?.close());

  for (const [device, viewport] of [["desk", DESK], ["phone", PHONE]]) {
    const nameOf = (path) => `${path.slice(1).replaceAll("/", "-")}-${viewport.width}`;

    test(`every list holds the company's life (${device})`, async (t) => {
      const page = await openPage(browser, viewport, SIGNED_IN);
      for (const path of LISTS) {
        await t.test(path, async () => {
          page.troubles.length = 0;
          await visit(page, path);
          assert.deepEqual(await faults(page), []);
          await screenshot(page, nameOf(path));
        });
      }
      await page.context().close();
    });

    test(`every thing has a page of its own (${device})`, async (t) => {
      const page = await openPage(browser, viewport, SIGNED_IN);
      for (const path of LEADS_ON) {
        await t.test(`${path}/…`, async () => {
          page.troubles.length = 0;
          await visit(page, path);
          // A list beside this one is no thing of it, though its address begins alike.
          const links = page.locator(`#main a[href^="/console${path}/"]`);
          await links.first().waitFor();
          const places = await links.evaluateAll((all) => all.map((a) => new URL(a.href).pathname.slice("/console".length)));
          const thing = places.findIndex((place) => !LISTS.includes(place));
          assert.ok(thing >= 0, `${path} lists nothing that has a page`);
          await links.nth(thing).click();
          await page.waitForURL((url) => url.pathname.length > `/console${path}/`.length);
          await settled(page);
          assert.deepEqual(await faults(page), []);
          await screenshot(page, `${nameOf(path)}-one`);
        });
      }
      await page.context().close();
    });
  }

  test("in the dark every word is readable", async () => {
    const page = await openPage(browser, DESK, { ...SIGNED_IN, colorScheme: "dark" });
    for (const path of ["/today", "/plan", "/results"]) {
      await visit(page, path);
      assert.deepEqual(await faults(page), []);
    }
    await visit(page, "/today");
    await screenshot(page, "today-1440-dark");
    await page.context().close();
  });

  for (const [language, name] of [["English", "en"], ["Español", "es"]]) {
    test(`the console speaks ${language}`, async () => {
      const page = await openPage(browser, DESK, SIGNED_IN);
      await visit(page, "/settings/language");
      await page.getByText(language, { exact: true }).click();
      await page.waitForFunction((lang) => document.documentElement.lang === lang, name);
      await visit(page, "/today");
      assert.deepEqual(await faults(page), []);
      const menu = await page.locator("nav.shell-side").innerText();
      assert.doesNotMatch(menu, /\p{Script=Han}/u);
      assert.doesNotMatch(menu, /\b[a-z_]+\.[a-z_]+/, "a raw key instead of a word");
      await screenshot(page, `today-1440-${name}`);
      await page.context().close();
    });
  }
});
