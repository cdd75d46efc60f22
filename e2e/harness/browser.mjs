// Debian's Chromium, driven without its own downloads; pages that collect what went wrong in them.

import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SCREENSHOTS = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

export function startBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

/** Address of the running product. */
export const ORIGIN = process.env.E2E_ORIGIN ?? "";
/** Options for [`openPage`]: the operator who is signed in. */
export const SIGNED_IN = { storageState: process.env.E2E_SESSION };

/**
 * A page of its own context (own cookies), as one person would have it. What goes wrong in it is kept in
 * `page.troubles`.
 * @param {{width: number, height: number}} viewport
 */
export async function openPage(browser, viewport, options = {}) {
  const context = await browser.newContext({
    viewport,
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    reducedMotion: "reduce",
    hasTouch: viewport.width < 600,
    isMobile: viewport.width < 600,
    ...options,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A refusal is an answer: a form that asks while one types is told what is still missing.
    const refused = message.text().includes("status of 422");
    if (message.type() === "error" && !refused) page.troubles.push(`console: ${message.text()}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 500) page.troubles.push(`${response.status()} ${response.url()}`);
  });
  return page;
}

/** Waits until the page shows what it was opened for: a heading, and no grey bars where content will be. */
export async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".waiting, .ant-spin-spinning").length === 0);
}

/** Opens an address of the console and waits for its content. */
export async function visit(page, path) {
  await page.goto(`${ORIGIN}/console${path}`);
  await settled(page);
}

/** What no page may show, one sentence each: errors, faults of accessibility, sideways scrolling. */
export async function faults(page) {
  const failures = await page.locator(".failure").allInnerTexts();
  const overflow = await sidewaysOverflow(page);
  return [
    ...page.troubles,
    ...failures.map((words) => `failure shown: ${words}`),
    ...(overflow > 0 ? [`${overflow} px wider than the window`] : []),
    ...(await axeFaults(page)),
  ];
}

/** Accessibility faults of the page as it stands, one sentence each. */
export async function axeFaults(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }),
  );
  return violations.map((v) => `${v.id}: ${v.help} — ${v.nodes.map((n) => n.target.join(" ")).slice(0, 4).join(" | ")}`);
}

/** Pixels by which the page is wider than its window: a phone must not scroll sideways. */
export function sidewaysOverflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/**
 * Taken on every run; kept in docs/, so that a change in looks shows in review, when it is new or when
 * E2E_SCREENSHOTS is set: the demo's day is today, so each run's pictures differ a little.
 */
export async function screenshot(page, name, options = {}) {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  const file = `${SCREENSHOTS}${name}.png`;
  const keep = process.env.E2E_SCREENSHOTS || !existsSync(file);
  await page.screenshot({ ...(keep ? { path: file } : {}), animations: "disabled", ...options });
}
