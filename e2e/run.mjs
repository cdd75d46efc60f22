// Runs the flows: starts the product once, signs in once, hands address and session to every flow, ends the product.
// `npm test -- flows/first-look.test.mjs` runs one of them.

import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { startBrowser } from "./harness/browser.mjs";
import { startDemo } from "./harness/demo.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const all = async () => (await readdir(join(here, "flows"))).filter((f) => f.endsWith(".test.mjs")).sort().map((f) => join("flows", f));
const flows = process.argv.length > 2 ? process.argv.slice(2) : await all();

const folder = await mkdtemp(join(tmpdir(), "huoqun-session-"));
let demo;
let code = 1;
try {
  demo = await startDemo();
  const session = join(folder, "session.json");
  await signIn(demo.signIn, session);
  code = await runFlows({ E2E_ORIGIN: demo.origin, E2E_SESSION: session, E2E_SIGN_IN: demo.signIn });
} catch (error) {
  console.error(error);
} finally {
  await demo?.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit(code);

/** Spends the one-time address as a newcomer would and keeps the session's cookies. */
async function signIn(address, session) {
  const browser = await startBrowser();
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForURL(/\/today$/, { timeout: 30_000 });
    await context.storageState({ path: session });
  } finally {
    await browser.close();
  }
}

/** One after the other: they share one company, and two cores are enough for one browser. */
function runFlows(told) {
  const args = ["--test", "--test-concurrency=1", "--test-reporter=spec", ...flows];
  const child = spawn(process.execPath, args, { cwd: here, stdio: "inherit", env: { ...process.env, ...told } });
  return new Promise((resolve) => child.on("exit", (ended) => resolve(ended ?? 1)));
}
