// The other side of the story: the simulated platform's people, and the operator's own calls without a screen.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

import { ORIGIN } from "./browser.mjs";

/** How long the product may take until something that follows by itself is there. */
const FOLLOWS_WITHIN = 30_000;

/** Asks again until there is an answer; what is awaited happens in jobs, and has no other sign. */
export async function eventually(what, ask) {
  const until = Date.now() + FOLLOWS_WITHIN;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > until) throw new Error(`${what} did not come within ${FOLLOWS_WITHIN / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** The operator's session, used without a screen to look things up. */
export class Desk {
  constructor() {
    const { cookies } = JSON.parse(readFileSync(process.env.E2E_SESSION, "utf8"));
    this.cookie = cookies.map((c) => `${c.name}=${c.value}`).join("; ");
  }
  async ask(method, path, body) {
    const headers = { cookie: this.cookie, "x-huoqun": "e2e", "content-type": "application/json" };
    const answer = await fetch(`${ORIGIN}${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }
  get(path) {
    return this.ask("GET", path);
  }
  /** The shop system delivers an order, signed as it must be. */
  async sellByHook(order) {
    const hook = await this.get("/api/v1/orders/hook");
    const body = JSON.stringify(order);
    const timestamp = String(Math.floor((await this.get("/api/v1/session")).now / 1000));
    const signature = createHmac("sha256", hook.secret).update(`${timestamp}.${body}`).digest("hex");
    const headers = { "content-type": "application/json", "x-huoqun-timestamp": timestamp, "x-huoqun-signature": signature };
    const answer = await fetch(hook.url, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`order: ${answer.status} ${await answer.text()}`);
  }
}

/** The simulated platform. */
export class Town {
  static async find(desk) {
    const town = new Town();
    town.origin = (await desk.get("/api/v1/session")).simulator_url;
    return town;
  }
  async ask(path, body) {
    const answer = await fetch(`${this.origin}${path}`, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path} ${JSON.stringify(body)}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
  async act(act, more) {
    return (await this.ask("/sim/act", { act, ...more })).done;
  }
  phone(who) {
    return this.ask(`/sim/phone?userid=${who}`);
  }
  map() {
    return this.ask("/sim/map");
  }
  speed(speed) {
    return this.ask("/sim/clock", { speed });
  }
  /** Lets time pass at once. */
  pass(minutes) {
    return this.ask("/sim/clock", { advance_ms: minutes * 60_000 });
  }
  /** A browser context in which the platform knows who is looking. */
  async know(context, who) {
    await context.addCookies([{ name: "sim_as", value: who, url: this.origin }]);
  }
}
