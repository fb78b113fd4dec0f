// The apps beside the ticket: each in a frame, to which this page speaks as Zendesk's does. An app fills in the form that
// is open before the agent; nothing is sent until the agent submits it. As in Zendesk the page stays when a macro is
// applied and when the ticket is submitted, so that an app knows what went before.
"use strict";

const origin = location.origin;
const theForm = () => document.getElementById("update");

function hostAll() {
  for (const place of document.querySelectorAll("[data-app]")) if (!place.querySelector("iframe")) host(place);
}

hostAll();
document.addEventListener("taken-over", hostAll);

function host(place) {
  const guid = `app-${place.dataset.installation}`;
  const about = JSON.parse(place.dataset.about);
  const wants = matchMedia("(prefers-color-scheme: dark)");
  const scheme = () => (wants.matches ? "dark" : "light");
  const heard = new Set();
  const frame = document.createElement("iframe");
  const post = (message) => frame.contentWindow.postMessage(JSON.stringify(message), origin);
  const fire = (name, message) => heard.has(name) && post({ key: `zaf.${name}`, message });

  const deeds = {
    macro: (id) => stay(`${location.pathname}?macro=${encodeURIComponent(id)}`, {}, "write"),
    "ticket.tags.add": tick,
    "ticket.tags.remove": untick,
    routeTo: (kind, id) => go(`/agent/tickets/${Number(id)}`),
    resize: ({ height }) => { frame.style.height = height; },
  };

  async function answered(request, params) {
    const result = { errors: {} };
    const refuse = (path, error) => { result.errors[path] = { name: "Error", path, message: String(error) }; };
    if (request === "get") {
      const values = await (await fetch(place.dataset.values, { cache: "no-store" })).json();
      values.colorScheme = scheme();
      for (const path of params) if (path in values) result[path] = values[path]; else refuse(path, "is not known");
      return result;
    }
    for (const [path, value] of Object.entries(params)) {
      try {
        if (request === "set") fillIn(path, value); else await deeds[path](...value);
      } catch (error) {
        refuse(path, error);
      }
    }
    return result;
  }

  async function asked(key, message) {
    const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(message) };
    const { status, body } = await (await fetch(place.dataset.proxy, sent)).json();
    const done = status === 200;
    const args = done ? [JSON.parse(body)] : [{ status, statusText: "error", responseText: body }];
    post({ key: `zaf.${key}.${done ? "done" : "fail"}`, message: { responseArgs: args } });
  }

  addEventListener("message", async (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const data = JSON.parse(event.data);
    if (data.request) {
      post({ id: data.id, result: await answered(data.request, data.params) });
    } else if (data.key === "iframe.handshake") {
      const context = { product: "support", location: "ticket_sidebar", instanceGuid: guid };
      post({ key: "zaf.app.registered", message: { metadata: about, context } });
    } else if (data.key.startsWith("iframe.on:")) {
      const name = data.key.slice("iframe.on:".length);
      heard.add(name);
      if (name === "app.activated") fire(name, { firstLoad: true });
    } else if (data.key.startsWith("request:")) {
      asked(data.key, data.message);
    }
  });
  wants.addEventListener("change", () => fire("colorScheme.changed", scheme()));
  // As when the agent comes back to the ticket: what it holds has changed meanwhile.
  document.addEventListener("taken-over", () => setTimeout(() => fire("app.activated", {}), 2_100));

  document.addEventListener("submitted", () => fire("ticket.submit.done"));

  frame.title = about.name;
  frame.src = `${place.dataset.app}?origin=${encodeURIComponent(origin)}&app_guid=${guid}&colorScheme=${scheme()}`;
  place.replaceChildren(frame);
}

function go(address) {
  setTimeout(() => location.assign(address));
}

const OF_TICKET = ["#clock", "#head", "#case", ".two > .col"];
const notices = (page) => page.querySelectorAll("#main > .notice");

// Shows what an address answers in this page, around the apps; false where what was sent was refused.
async function stay(address, sent, place) {
  const answer = await fetch(address, { cache: "no-store", ...sent });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const one of OF_TICKET) document.querySelector(one).replaceChildren(...fresh.querySelector(one).childNodes);
  notices(document).forEach((one) => one.remove());
  document.getElementById("main").prepend(...notices(fresh));
  document.body.dataset.version = fresh.body.dataset.version;
  const shown = new URL(answer.url);
  for (const said of ["done", "since"]) shown.searchParams.delete(said);
  history.replaceState(null, "", shown.pathname + shown.search);
  if (answer.ok) location.replace(`#${place}`);
  else theForm().dataset.dirty = "";
  return answer.ok;
}

// After pages.js, which lets a form be sent once at a time.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.closest("#write")) return;
  event.preventDefault();
  const given = new FormData(form);
  try {
    if (form.method === "get") {
      await stay(`${location.pathname}?${new URLSearchParams(given)}`, {}, "write");
    } else if (await stay(form.action, { method: "POST", body: given }, "latest")) {
      document.dispatchEvent(new Event("submitted"));
    } else {
      document.querySelector(".notice-bad").scrollIntoView();
    }
  } catch {
    document.getElementById("heard").textContent = "The demo did not answer.";
  } finally {
    delete document.body.dataset.sending;
    form.querySelectorAll(".is-working").forEach((button) => button.classList.remove("is-working"));
  }
});

function touched(control) {
  control.dispatchEvent(new Event("input", { bubbles: true }));
  theForm().scrollIntoView({ block: "nearest" });
}

function fillIn(path, value) {
  const name = path.replace(/^ticket\.customField:custom_field_/, "field-");
  const control = theForm()?.querySelector(`[name="${CSS.escape(name)}"]`);
  if (!control) throw new Error("is not on this form");
  if (control.type === "checkbox") control.checked = value === true || value === "yes" || value === "true";
  else control.value = value;
  touched(control);
}

function tick(tag) {
  const form = theForm();
  if (!form) throw new Error("is closed");
  let box = form.querySelector(`[name="tags"][value="${CSS.escape(tag)}"]`);
  if (!box) {
    box = Object.assign(document.createElement("input"), { type: "hidden", name: "tags", value: tag });
    form.append(box);
  }
  box.checked = true;
  touched(box);
}

function untick(tag) {
  const form = theForm();
  if (!form) throw new Error("is closed");
  for (const box of form.querySelectorAll(`[name="tags"][value="${CSS.escape(tag)}"]`)) {
    if (box.type === "hidden") box.remove();
    else box.checked = false;
  }
  touched(form);
}
