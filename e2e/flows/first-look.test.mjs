// A newcomer opens the printed address and sees what is due today, on a desk and on a phone.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESK, PHONE, axeFaults, openPage, screenshot, sidewaysOverflow, startBrowser } from "../harness/browser.mjs";
import { startDemo } from "../harness/demo.mjs";

describe("first look", () => {
  let demo, browser;

  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), startBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await demo?.stop();
  });

  for (const [device, viewport] of [["desk", DESK], ["phone", PHONE]]) {
    test(`a newcomer signs in and sees today (${device})`, async () => {
      const page = await openPage(browser, viewport);
      await page.goto(demo.signIn);
      await page.getByRole("heading", { level: 1, name: "今日" }).waitFor();
      await page.waitForLoadState("networkidle");
      assert.deepEqual(await axeFaults(page), []);
      assert.equal(await sidewaysOverflow(page), 0);
      assert.deepEqual(page.troubles, []);
      await screenshot(page, `today-${viewport.width}`);
      await page.context().close();
    });
  }

  test("the sign-in works once", async () => {
    const page = await openPage(browser, DESK);
    await page.goto(demo.signIn);
    await page.waitForLoadState("networkidle");
    assert.equal(await page.getByRole("heading", { level: 1, name: "今日" }).count(), 0);
    await page.context().close();
  });
});
