// Opens what we sealed and seals what we shall open, with the vendor's own package.
// One JSON job comes on stdin, one JSON result goes to stdout. HUOQUN_NODE_PEER is the folder of the packages.
'use strict';
const { createRequire } = require('module');
const path = require('path');

const load = createRequire(path.join(process.env.HUOQUN_NODE_PEER, 'package.json'));
const { decrypt, encrypt, getJsApiSignature, getSignature } = load('@wecom/crypto');

let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => { text += chunk; });
process.stdin.on('end', () => {
  const job = JSON.parse(text);
  const opened = job.sealed.map(({ signature, timestamp, nonce, encrypted }) => {
    if (getSignature(job.token, timestamp, nonce, encrypted) !== signature) return null;
    const { message, id } = decrypt(job.key, encrypted);
    return id === job.receive_id ? message : null;
  });
  const sealed = job.messages.map(({ timestamp, nonce, message }) => {
    const encrypted = encrypt(job.key, message, job.receive_id);
    const signature = getSignature(job.token, timestamp, nonce, encrypted);
    const body = `<xml><ToUserName><![CDATA[${job.receive_id}]]></ToUserName>`
      + `<Encrypt><![CDATA[${encrypted}]]></Encrypt></xml>`;
    return { signature, timestamp, nonce, body };
  });
  const js = getJsApiSignature(job.js).signature;
  process.stdout.write(JSON.stringify({ opened, sealed, js }));
});
