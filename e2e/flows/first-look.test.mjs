// A newcomer has followed the printed address and sees what is due today, on a desk and on a phone.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESK, ORIGIN, PHONE, SIGNED_IN, faults, openPage, screenshot, startBrowser, visit } from "../harness/browser.mjs";

describe("first look", () => {
  let browser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser?.close());

  for (const [device, viewport] of [["desk", DESK], ["phone", PHONE]]) {
    test(`what is due today is seen at once (${device})`, async () => {
      const page = await openPage(browser, viewport, SIGNED_IN);
      await visit(page, "/today");
      assert.deepEqual(await faults(page), []);
      await screenshot(page, `today-${viewport.width}`);
      await page.context().close();
    });
  }

  test("the printed address works once", async () => {
    const page = await openPage(browser, DESK);
    await page.goto(process.env.E2E_SIGN_IN);
    // Spent: the ordinary sign-in is offered instead, with a word of explanation.
    await page.locator(".note").waitFor();
    await page.locator("#password").waitFor();
    assert.match(page.url(), /sign-in/);
    await page.context().close();
  });

  test("without a session nothing is shown", async () => {
    const page = await openPage(browser, PHONE);
    await page.goto(`${ORIGIN}/console/today`);
    await page.waitForURL(/sign-in/);
    await page.locator("#password").waitFor();
    page.troubles = page.troubles.filter((trouble) => !trouble.includes("401"));
    assert.deepEqual(await faults(page), []);
    await screenshot(page, "sign-in-390");
    await page.context().close();
  });
});
