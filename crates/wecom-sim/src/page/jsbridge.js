// A faked JS-SDK of the simulated platform: the same names as the real one (`ww.*` with promises, `wx.*` with
// callbacks), so that an employee's sidebar runs in an ordinary browser.
(() => {
  const known = "@CONTEXT@";
  const here = new URL((document.currentScript && document.currentScript.src) || location.href);
  const page = new URLSearchParams(location.search);
  const context = {
    corp: known.corp,
    userid: page.get("sim_as") || known.userid,
    chat_id: page.get("sim_chat") || known.chat_id,
    external_userid: page.get("sim_contact") || known.external_userid,
  };
  const ok = (name, more) => Object.assign({ errMsg: name + ":ok", err_msg: name + ":ok" }, more);
  const fail = (name, why) => ({ errMsg: name + ":fail " + why, err_msg: name + ":fail " + why });

  const act = async (body) => {
    const reply = await fetch(new URL("/sim/act", here.origin), {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: JSON.stringify(Object.assign({ corp: context.corp }, body)),
    });
    const answer = await reply.json();
    if (!reply.ok) throw new Error(answer.error || "refused");
    return answer.done;
  };

  const entry = () =>
    context.chat_id ? "group_chat_tools" : context.external_userid ? "single_chat_tools" : "normal";

  const calls = {
    getContext: async () => ok("getContext", { entry: entry(), shareTicket: "" }),
    getCurExternalContact: async () => {
      if (!context.external_userid) throw fail("getCurExternalContact", "without context of external contact");
      return ok("getCurExternalContact", { userId: context.external_userid });
    },
    getCurExternalChat: async () => {
      if (!context.chat_id) throw fail("getCurExternalChat", "without context of external chat");
      return ok("getCurExternalChat", { chatId: context.chat_id });
    },
    sendChatMessage: async (params) => {
      const chat = context.chat_id || context.external_userid;
      if (!context.userid || !chat) throw fail("sendChatMessage", "without context of external chat");
      const content = { msgtype: params.msgtype };
      if (params[params.msgtype]) content[params.msgtype] = params[params.msgtype];
      try {
        await act({ act: "send_chat_message", userid: context.userid, chat_id: chat, content });
      } catch (why) {
        throw fail("sendChatMessage", why.message);
      }
      return ok("sendChatMessage", { enterChat: !!params.enterChat });
    },
    openEnterpriseChat: async (params) => {
      if (params.chatId) return ok("openEnterpriseChat", { chatId: params.chatId });
      const made = await act({ act: "create_group", owner: context.userid, name: params.groupName || "" });
      return ok("openEnterpriseChat", { chatId: made.chat_id });
    },
    openUserProfile: async () => ok("openUserProfile"),
    hideChatAttachmentMenu: async () => ok("hideChatAttachmentMenu"),
    closeWindow: async () => ok("closeWindow"),
    checkJsApi: async (params) => {
      const result = {};
      for (const name of (params && params.jsApiList) || []) result[name] = name in calls;
      return ok("checkJsApi", { checkResult: result });
    },
  };

  // Promises for `ww`, callbacks (and promises) for `wx`.
  const ww = (name) => (params = {}) =>
    calls[name](params).then(
      (value) => {
        if (params.success) params.success(value);
        if (params.complete) params.complete(value);
        return value;
      },
      (why) => {
        const told = why && why.errMsg ? why : fail(name, String(why && why.message));
        if (params.fail) params.fail(told);
        if (params.complete) params.complete(told);
        throw told;
      },
    );
  const wx = (name) => (params = {}, done) =>
    ww(name)(params).then(
      (value) => (done && done(value), value),
      (why) => (done && done(why), params.fail || done ? undefined : Promise.reject(why)),
    );

  const later = (run) => setTimeout(run, 0);
  window.ww = { SDK_VERSION: "simulated", env: { isWeCom: true } };
  window.wx = window.wx || {};
  for (const name of Object.keys(calls)) {
    window.ww[name] = ww(name);
    window.wx[name] = wx(name);
  }
  // Registration asks for the signatures as the real one does, so that a page that forgets them fails here too.
  window.ww.register = async (options) => {
    const url = location.href.split("#")[0];
    try {
      if (options.getConfigSignature) await options.getConfigSignature(url);
      if (options.onConfigSuccess) options.onConfigSuccess(ok("config"));
      if (options.getAgentConfigSignature) await options.getAgentConfigSignature(url);
      if (options.onAgentConfigSuccess) options.onAgentConfigSuccess(ok("agentConfig"));
    } catch (why) {
      if (options.onConfigFail) options.onConfigFail(fail("config", String(why)));
    }
  };
  let ready = [];
  window.wx.config = () => later(() => ready.splice(0).forEach((run) => run()));
  window.wx.agentConfig = (options) => later(() => options && options.success && options.success(ok("agentConfig")));
  window.wx.ready = (run) => ready.push(run);
  window.wx.error = () => {};
  window.wx.invoke = (name, params, done) => (wx(name) || (() => {}))(params || {}, done);
  window.__simContext = context;
})();
