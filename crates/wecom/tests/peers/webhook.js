// The published Node library judges what we signed: one JSON object on stdin, "genuine" or its complaint on stdout.
const { createRequire } = require("node:module");
const { readFileSync } = require("node:fs");
const { Webhook } = createRequire(`${process.env.HUOQUN_NODE_PEER}/`)("standardwebhooks");

const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
try {
  new Webhook(secret).verify(body, headers);
  console.log("genuine");
} catch (error) {
  console.log(String(error));
}
