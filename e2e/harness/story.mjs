// Steps of a story, each standing on the one before.

import assert from "node:assert/strict";
import { test } from "node:test";

/** Gives a function that adds a step. After one failed the rest fail too, at once, and name where the story stopped. */
export function story() {
  let stopped;
  return (name, body) =>
    test(name, async () => {
      assert.ok(!stopped, `not told, because the story stopped at: ${stopped}`);
      stopped = name;
      await body();
      stopped = undefined;
    });
}
