// A newcomer has followed the printed address and sees what is due today, on a desk and on a phone.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import {
  DESK, ORIGIN, PHONE, SIGNED_IN, axeFaults, openPage, screenshot, sidewaysOverflow, startBrowser,
} from "../harness/browser.mjs";

describe("first look", () => {
  let browser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser?.close());

  for (const [device, viewport] of [["desk", DESK], ["phone", PHONE]]) {
    test(`what is due today is seen at once (${device})`, async () => {
      const page = await openPage(browser, viewport, SIGNED_IN);
      await page.goto(`${ORIGIN}/console/today`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      assert.deepEqual(await axeFaults(page), []);
      assert.equal(await sidewaysOverflow(page), 0);
      assert.deepEqual(page.troubles, []);
      await screenshot(page, `today-${viewport.width}`);
      await page.context().close();
    });
  }

  test("the printed address works once", async () => {
    const page = await openPage(browser, DESK);
    await page.goto(process.env.E2E_SIGN_IN);
    // Spent: the ordinary sign-in is offered instead.
    await page.getByLabel(/密码|password/i).waitFor();
    assert.match(page.url(), /sign-in/);
    await page.context().close();
  });

  test("without a session nothing is shown", async () => {
    const page = await openPage(browser, PHONE);
    await page.goto(`${ORIGIN}/console/today`);
    await page.waitForURL(/sign-in/);
    assert.deepEqual(await axeFaults(page), []);
    await screenshot(page, "sign-in-390");
    await page.context().close();
  });
});
