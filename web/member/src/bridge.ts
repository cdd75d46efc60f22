// The messenger's own script inside its sidebar: who sits beside the page, and sending with one tap.
import { api, call } from "@huoqun/api";

type Told = { chatId?: string; userId?: string };
type Content = { msgtype: "text"; text: { content: string } };
type Sdk = {
  register: (options: object) => unknown;
  getCurExternalChat: () => Promise<Told>;
  getCurExternalContact: () => Promise<Told>;
  sendChatMessage: (content: Content & { enterChat?: boolean }) => Promise<unknown>;
};

const REAL = "https://wwcdn.weixin.qq.com/node/open/js/wecom-jssdk-2.3.4.js";
const CALLS = ["getContext", "getCurExternalChat", "getCurExternalContact", "sendChatMessage"];

export type Beside = { chat: string | null; contact: string | null };
export type Bridge = { beside: Beside; send: (text: string) => Promise<void> };

function script(src: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = src;
    tag.onload = () => resolve();
    tag.onerror = () => reject(new Error(`could not load ${src}`));
    document.head.append(tag);
  });
}

const signed = async (url: string, application: boolean) => {
  const s = await call(api.GET("/api/member/v1/sidebar/signature", { params: { query: { url, application } } }));
  return { timestamp: s.timestamp, nonceStr: s.nonce, signature: s.signature };
};

/** Unlocks the script and asks what is open beside the page. Rejects outside the messenger. */
export async function openBridge(): Promise<Bridge> {
  const url = location.href.split("#")[0] ?? location.href;
  const who = await call(api.GET("/api/member/v1/sidebar/signature", { params: { query: { url, application: true } } }));
  await script(who.script_url ?? REAL);
  const sdk = (globalThis as unknown as { ww: Sdk }).ww;
  await new Promise<void>((resolve, reject) => {
    sdk.register({
      corpId: who.company, agentId: who.application, jsApiList: CALLS,
      getConfigSignature: (at: string) => signed(at, false),
      getAgentConfigSignature: (at: string) => signed(at, true),
      onAgentConfigSuccess: () => resolve(),
      onConfigFail: reject, onAgentConfigFail: reject,
    });
  });
  const chat = await sdk.getCurExternalChat().then((x) => x.chatId ?? null, () => null);
  const contact = chat ? null : await sdk.getCurExternalContact().then((x) => x.userId ?? null, () => null);
  return {
    beside: { chat, contact },
    send: async (text) => void (await sdk.sendChatMessage({ msgtype: "text", text: { content: text }, enterChat: false })),
  };
}
