// The product under test: the built binary with its simulator and SQLite, in a directory of its own on a free port.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../target/debug/huoqun", import.meta.url));
/** The history must be lived before the flows begin; a slow machine may take a while. */
const FILLED_WITHIN = 10 * 60_000;

/**
 * Starts `huoqun demo` and waits until it answers and has printed its one-time sign-in.
 * @param {string[]} more further arguments for the server
 */
export async function startDemo(more = []) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const data = await mkdtemp(join(tmpdir(), "huoqun-e2e-"));
  const program = process.env.HUOQUN_BIN ?? BUILT;
  const args = ["demo", "--listen", `127.0.0.1:${port}`, "--data", data, "--seed", "7", ...more];
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const demo = { origin, data, said: "", child, ended: null, stop: () => stop(demo) };
  const listeners = new Set();
  const hear = (chunk) => {
    demo.said += chunk;
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  child.on("exit", (code, signal) => {
    demo.ended = `ended with ${code ?? signal}`;
    for (const listener of listeners) listener();
  });
  child.on("error", (error) => {
    demo.ended = `cannot start ${program}: ${error.message}`;
    for (const listener of listeners) listener();
  });
  try {
    demo.signIn = await until(() => signInOf(demo), listeners, demo);
    await healthy(origin, demo);
  } catch (error) {
    await stop(demo);
    throw error;
  }
  return demo;
}

/** The address with the one-time code, as the demo prints it for the newcomer. */
function signInOf(demo) {
  const words = demo.said.split(/\s+/).filter((word) => word.startsWith(demo.origin));
  return words.find((word) => word.length > demo.origin.length + 16);
}

/** Resolves with what `ask` gives as soon as it gives something; asked again whenever the server says a line. */
function until(ask, listeners, demo) {
  return new Promise((resolve, reject) => {
    const give = (end, value) => {
      clearTimeout(late);
      listeners.delete(look);
      end(value);
    };
    const look = () => {
      const found = ask();
      if (found) give(resolve, found);
      else if (demo.ended) give(reject, new Error(`the demo ${demo.ended}:\n${demo.said.slice(-2000)}`));
    };
    const late = setTimeout(
      () => give(reject, new Error(`the demo did not get ready:\n${demo.said.slice(-2000)}`)),
      FILLED_WITHIN,
    );
    listeners.add(look);
    look();
  });
}

async function healthy(origin, demo) {
  const answer = await fetch(`${origin}/health`);
  if (!answer.ok) throw new Error(`/health answered ${answer.status}:\n${demo.said.slice(-2000)}`);
}

async function stop(demo) {
  if (demo.ended === null) {
    const gone = new Promise((resolve) => demo.child.once("exit", resolve));
    demo.child.kill("SIGINT");
    const stuck = setTimeout(() => demo.child.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(stuck);
  }
  await rm(demo.data, { recursive: true, force: true });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
