// The messenger's own script inside its sidebar: who sits beside the page, and sending with one tap.
import { api, call } from "@huoqun/api";

type Told = { chatId?: string; userId?: string };
type Sdk = {
  register: (options: object) => unknown;
  getCurExternalChat: () => Promise<Told>;
  getCurExternalContact: () => Promise<Told>;
  sendChatMessage: (message: { msgtype: "text"; text: { content: string }; enterChat: boolean }) => Promise<unknown>;
};

const CALLS = ["getContext", "getCurExternalChat", "getCurExternalContact", "sendChatMessage"];
/** The script answers at once inside the messenger and never outside of it. */
const PATIENCE = 4_000;

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

const sign = (url: string, application: boolean) => call(api.GET("/api/member/v1/sidebar/signature", { params: { query: { url, application } } }));

/** The simulated platform's script when the server names one, the platform's own otherwise. */
async function load(url: string | null | undefined): Promise<Sdk> {
  if (!url) return (await import("@wecom/jssdk")) as unknown as Sdk;
  await script(url);
  return (globalThis as unknown as { ww: Sdk }).ww;
}

/** Unlocks the script and asks what is open beside the page. Rejects outside the messenger. */
export async function openBridge(): Promise<Bridge> {
  const who = await sign(location.href.split("#")[0] ?? location.href, true);
  const sdk = await load(who.script_url);
  const signed = async (url: string, application: boolean) => {
    const s = await sign(url, application);
    return { timestamp: s.timestamp, nonceStr: s.nonce, signature: s.signature };
  };
  await new Promise<void>((resolve, reject) => {
    setTimeout(() => reject(new Error("the script did not answer")), PATIENCE);
    sdk.register({
      corpId: who.company, agentId: who.application, jsApiList: CALLS,
      getConfigSignature: (url: string) => signed(url, false), getAgentConfigSignature: (url: string) => signed(url, true),
      onAgentConfigSuccess: () => resolve(), onConfigFail: reject, onAgentConfigFail: reject,
    });
  });
  const chat = await sdk.getCurExternalChat().then((x) => x.chatId ?? null, () => null);
  const contact = chat ? null : await sdk.getCurExternalContact().then((x) => x.userId ?? null, () => null);
  return {
    beside: { chat, contact },
    send: async (text) => void (await sdk.sendChatMessage({ msgtype: "text", text: { content: text }, enterChat: false })),
  };
}
