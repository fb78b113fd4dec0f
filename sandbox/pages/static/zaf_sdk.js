// Stands in for Zendesk's app SDK, which is loaded from Zendesk: what of it the sidebar uses, and the messages by which
// it speaks with the page around it (developer.zendesk.com, ZAF Client API; protocol version 2.0.9).
// PARLEY_TEST_ZAF_SDK names a file with the real one, with which the same tests then run.
window.ZAFClient = {
  init() {
    const query = new URLSearchParams(location.search);
    const [origin, appGuid] = [query.get("origin"), query.get("app_guid")];
    if (!origin || !appGuid) return false;
    const handlers = {};
    const pending = {};
    let [next, asked, registered] = [0, 0, null];
    const post = (message) => parent.postMessage(JSON.stringify({ ...message, appGuid, instanceGuid: appGuid }), origin);
    const ready = new Promise((resolve) => { registered = resolve; });
    addEventListener("message", (event) => {
      if (event.origin !== origin || event.source !== parent) return;
      const data = typeof event.data === "string" ? JSON.parse(event.data) : event.data;
      if (data.id && pending[data.id]) {
        if (data.error) pending[data.id].reject(Object.assign(new Error(data.error.message), data.error));
        else pending[data.id].resolve(data.result);
        delete pending[data.id];
      } else if (data.key === "zaf.app.registered") {
        registered(data.message);
      } else if (data.key?.startsWith("zaf.")) {
        (handlers[data.key.slice(4)] ?? []).forEach((handler) => handler(data.message));
      }
    });
    const ask = async (request, params) => {
      await ready;
      const id = ++next;
      return new Promise((resolve, reject) => {
        pending[id] = { resolve, reject };
        setTimeout(() => reject(new Error(`Timeout when invoking "${request}"`)), 5000);
        post({ id, request, params });
      });
    };
    const single = (path, result) => {
      const error = result.errors?.[path];
      if (error) throw Object.assign(new Error(error.message), error);
      return result;
    };
    post({ key: "iframe.handshake", message: { version: "2.0.9" } });
    return {
      on(name, handler) {
        (handlers[name] ??= []).push(handler);
        ready.then(() => post({ key: `iframe.on:${name}`, message: { subscriberCount: handlers[name].length } }));
      },
      get: async (paths) => {
        const result = await ask("get", [].concat(paths));
        return typeof paths === "string" ? single(paths, result) : result;
      },
      set: async (path, value) => single(path, await ask("set", { [path]: value })),
      invoke: async (action, ...values) => single(action, await ask("invoke", { [action]: values })),
      metadata: async () => (await ready).metadata,
      context: async () => (await ready).context,
      request: async (options) => {
        await ready;
        const key = `request:${++asked}`;
        return new Promise((resolve, reject) => {
          handlers[`${key}.done`] = [(message) => resolve(message.responseArgs[0])];
          handlers[`${key}.fail`] = [(message) => reject(message.responseArgs[0])];
          post({ key, message: options });
        });
      },
    };
  },
};
