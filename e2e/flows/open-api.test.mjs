// Another system joins: a key is made, used and revoked; a webhook is tested and looked at; events stand in their list.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { DESK, ORIGIN, PHONE, SIGNED_IN, faults, openPage, screenshot, settled, startBrowser, visit } from "../harness/browser.mjs";

const ask = (token, path) => fetch(`${ORIGIN}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });

describe("open API and webhooks", () => {
  let browser;
  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser?.close());

  for (const [device, viewport] of [["desk", DESK], ["phone", PHONE]]) {
    test(`a key opens what was ticked until it is revoked (${device})`, async () => {
      const page = await openPage(browser, viewport, SIGNED_IN);
      await visit(page, "/settings/api-keys");
      await page.getByRole("button", { name: "新建密钥" }).first().click();
      await page.getByLabel("名称", { exact: true }).fill(`商城 ${device}`);
      await page.getByLabel("客户 读").check();
      assert.deepEqual(await faults(page), []);
      await page.getByRole("button", { name: "生成密钥" }).click();
      const token = await page.locator(".ant-modal code").innerText();
      assert.match(token, /^hq_[0-9a-z]{64}$/);
      assert.deepEqual(await faults(page), []);
      await page.locator(".ant-modal-confirm-btns button").click();
      assert.equal((await ask(token, "/people?limit=1")).status, 200);
      assert.equal((await ask(token, "/tags")).status, 403);
      assert.equal((await ask(token, "/api-keys")).status, 403);
      await page.getByRole("button", { name: `撤销“商城 ${device}”` }).click();
      await page.locator(".ant-modal-confirm-btns").getByRole("button", { name: /撤\s*销/ }).click();
      await page.getByText("已撤销").first().waitFor();
      assert.equal((await ask(token, "/people?limit=1")).status, 401);
      await page.context().close();
    });

    test(`a webhook is tested and its delivery read (${device})`, async () => {
      const page = await openPage(browser, viewport, SIGNED_IN);
      await visit(page, "/settings/webhooks");
      await page.getByRole("link", { name: "会员系统" }).click();
      await settled(page);
      assert.deepEqual(await faults(page), []);
      await page.getByRole("button", { name: "发测试消息" }).click();
      const row = page.getByRole("row", { name: /测试.*已送达/s }).first();
      await row.waitFor({ timeout: 40_000 });
      await row.getByRole("button", { name: "测试" }).click();
      await page.getByText("heard").waitFor();
      assert.deepEqual(await faults(page), []);
      await screenshot(page, `settings-webhooks-delivery-${viewport.width}`);
      await page.keyboard.press("Escape");
      await visit(page, "/settings/webhooks");
      await page.getByRole("button", { name: "添加地址" }).first().click();
      await page.getByLabel("地址", { exact: true }).fill("https://10.0.0.1/hook");
      await page.getByLabel(/^下单/).check();
      await page.getByRole("button", { name: /保\s*存/ }).click();
      await page.getByText("不能指向本机").waitFor();
      await page.context().close();
    });

    test(`events are counted and described (${device})`, async () => {
      const page = await openPage(browser, viewport, SIGNED_IN);
      await visit(page, "/settings/events");
      await page.getByRole("button", { name: "说明 store.visit" }).click();
      assert.equal(await page.getByLabel("含义").inputValue(), "到店");
      assert.deepEqual(await faults(page), []);
      await page.context().close();
    });
  }
});
