// Without this file everything works; with it a page follows what happens, and a moved clock keeps your place.
"use strict";

const POLL_MS = 2000;
const body = document.body;
const heard = document.getElementById("heard");

const isBusy = (part) =>
  part.matches("[data-dirty]") || part.querySelector("[data-dirty]") !== null ||
  (part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select"));

const parts = (page) => [...page.querySelectorAll("[data-live]")].map((part) => part.id).join(" ");

// Takes over the parts of the page that have changed, and leaves alone what someone is typing in.
function takeOver(fresh) {
  let changed = false;
  const main = document.getElementById("main");
  if (parts(document) !== parts(fresh) && !isBusy(main)) {
    main.replaceChildren(...fresh.getElementById("main").childNodes);
    changed = true;
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.getElementById(part.id);
    if (!other || part.innerHTML === other.innerHTML || isBusy(part)) continue;
    for (const open of part.querySelectorAll("details[open]")) {
      const same = other.querySelector(`details[id="${open.id}"]`);
      if (same) same.open = true;
    }
    if (part.innerHTML === other.innerHTML) continue;
    const before = part.classList.contains("talk") ? part.children.length : 0;
    part.replaceChildren(...other.childNodes);
    if (before) [...part.children].slice(before).forEach((item) => item.classList.add("fresh"));
    changed ||= part.id !== "clock";
  }
  if (changed) heard.textContent = "The page was updated.";
  document.dispatchEvent(new Event("taken-over"));
}

async function look() {
  try {
    if (document.hidden) return;
    const answer = await fetch(body.dataset.versionUrl, { cache: "no-store" });
    if (!answer.ok) return;
    const { version } = await answer.json();
    if (version === body.dataset.version) return;
    const page = await fetch(location.pathname + location.search, { cache: "no-store" });
    if (!page.ok) return;
    takeOver(new DOMParser().parseFromString(await page.text(), "text/html"));
    body.dataset.version = version;
  } catch {
    // The demo has stopped or is starting again: the next look will tell.
  } finally {
    setTimeout(look, POLL_MS);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-form]");
  if (form) form.dataset.dirty = "";
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (body.dataset.sending) {
    event.preventDefault();
    return;
  }
  body.dataset.sending = "yes";
  if (event.submitter) event.submitter.classList.add("is-working");
  heard.textContent = "One moment.";
  if (!("keepsPlace" in form.dataset)) return;
  sessionStorage.setItem("place", `${scrollY} ${location.pathname}`);
  keepDrafts();
});

// What was typed outlives a move of the clock; chosen files can't.
const drafts = () => [...document.querySelectorAll("form[data-form][id]")];
const typed = (form) => [...form.elements].filter((field) => field.name && !["hidden", "file", "submit"].includes(field.type));

function keepDrafts() {
  const kept = drafts().filter((form) => "dirty" in form.dataset).map((form) => ({
    id: form.id,
    fields: typed(form).map((field) => [field.name, field.value, field.checked ?? null]),
    files: [...form.querySelectorAll("input[type=file]")].flatMap((field) => [...field.files].map((file) => file.name)),
  }));
  sessionStorage.setItem("drafts", JSON.stringify({ path: location.pathname, kept }));
}

function takeDraftsBack() {
  const { path, kept } = JSON.parse(sessionStorage.getItem("drafts") || "{}");
  sessionStorage.removeItem("drafts");
  if (path !== location.pathname) return;
  const lost = [];
  for (const draft of kept) {
    const form = drafts().find((one) => one.id === draft.id);
    if (!form) continue;
    typed(form).forEach((field, at) => {
      const [name, value, checked] = draft.fields[at] || [];
      if (name !== field.name) return;
      if (field.type === "checkbox" || field.type === "radio") field.checked = checked && field.value === value;
      else field.value = value;
    });
    form.dataset.dirty = "";
    lost.push(...draft.files);
  }
  if (!lost.length) return;
  const told = document.createElement("p");
  told.className = "notice notice-warn";
  told.setAttribute("role", "status");
  told.textContent = `What you had typed is still there. Choose these files again: ${lost.join(", ")}.`;
  document.getElementById("main").prepend(told);
}

addEventListener("pageshow", () => {
  delete body.dataset.sending;
  document.querySelectorAll(".is-working").forEach((button) => button.classList.remove("is-working"));
});

// What was refused and is still to be corrected counts as being typed.
if (document.querySelector(".notice-bad")) {
  document.querySelectorAll("form[data-form]").forEach((form) => { form.dataset.dirty = ""; });
}

takeDraftsBack();

const [place, path] = (sessionStorage.getItem("place") || "").split(" ");
sessionStorage.removeItem("place");
if (path === location.pathname) scrollTo(0, Number(place));

// What was just done is said once, not again after a reload.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  here.searchParams.delete("since");
  history.replaceState(null, "", here);
}

setTimeout(look, POLL_MS);
