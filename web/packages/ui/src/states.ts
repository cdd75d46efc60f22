// Fixed colour and shape of every state and value kind, so that nothing depends on colour alone.

export type Tone = "done" | "waiting" | "wrong" | "planned" | "partly" | "unsure" | "off";
export type ValueKind = "activity" | "content" | "popularity" | "service";

/** The token names of a tone: foreground and soft ground. */
export const toneToken: Record<Tone, [string, string]> = {
  done: ["good", "good-soft"],
  waiting: ["wait", "wait-soft"],
  wrong: ["bad", "bad-soft"],
  planned: ["text-soft", "sunken"],
  partly: ["wait", "wait-soft"],
  unsure: ["unsure", "unsure-soft"],
  off: ["text-soft", "sunken"],
};

/** One drawing per tone in a 12 × 12 box, filled with `currentColor`. */
export const tonePath: Record<Tone, string> = {
  done: "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0Zm-.8 8.9 4.3-4.6-1-.9-3.3 3.6L3.6 5.5l-.9 1z",
  waiting: "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0Zm0 1.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8Zm.7 1.5v2.7l1.9 1.1-.7 1.1-2.5-1.5V3.1z",
  wrong: "M6 .5 12 11.5H0zM5.3 4.4v3.4h1.4V4.4zm0 4.3v1.4h1.4V8.7z",
  planned: "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0Zm0 1.6a4.4 4.4 0 1 0 0 8.8 4.4 4.4 0 0 0 0-8.8Z",
  partly: "M6 0a6 6 0 1 1 0 12A6 6 0 0 1 6 0Zm0 1.6v8.8a4.4 4.4 0 0 0 0-8.8Z",
  unsure: "M6 0l6 6-6 6-6-6zm0 2.3L2.3 6 6 9.7 9.7 6z",
  off: "M1 5h10v2H1z",
};

const tones: Record<string, Tone> = {
  planned: "planned", draft: "planned", scheduled: "planned", approved: "planned", queued: "planned", pending: "planned", idle: "planned",
  due: "waiting", set_up_needed: "waiting", prompted: "waiting", waiting: "waiting", open: "waiting", submitted: "waiting", unsent: "waiting", running: "waiting",
  reminded: "waiting", preparing: "waiting", submitting: "waiting", dispatched: "waiting", awaiting_tap: "waiting", warning: "waiting", syncing: "waiting", intent: "waiting", accepted: "waiting", publishing: "waiting",
  sent: "done", live: "done", done: "done", delivered: "done", active: "done", fine: "done", confirmed: "done", connected: "done", greeted: "done", paid: "done",
  partly_sent: "partly", partial: "partly", partly: "partly",
  missed: "wrong", failed: "wrong", expired: "wrong", dead: "wrong", broken: "wrong", refused: "wrong", not_reachable: "wrong", over_quota: "wrong", late: "wrong", escalated: "wrong",
  unknown: "unsure", outcome_unknown: "unsure",
  skipped: "off", retired: "off", cancelled: "off", closed: "off", disabled: "off", dissolved: "off", left: "off", discarded: "off", refunded: "off", archived: "off",
};

/** The tone of a state word; states nobody listed look unsure rather than fine. */
export const toneOf = (state: string): Tone => tones[state] ?? "unsure";
