// The app: it reads the ticket and its case, shows them, keeps them fresh while somebody looks, and puts into the
// ticket's form what the agent asks for. The agent submits the ticket; nothing is changed in any other way.

import { make, replaceContent } from "./elements.js";
import { NoCase, NotSetUp, Refused, caseOf, momentOf, ticketOf } from "./reading.js";
import { sectionsOf } from "./sections.js";
import { languageOf, wordsOf } from "./words.js";

const READ_AGAIN = 60_000;
const COUNT_AGAIN = 20_000;
const JUST_READ = 2_000;
// After a submitted move the desk is asked more often, and after the last of these it is said that it takes long.
const ASK_AFTER = [2_000, 5_000, 10_000, 20_000, 40_000, 60_000];
const main = document.getElementById("case");

// Outside Zendesk there is no client: then the page says so in the browser's language.
const client = window.ZAFClient?.init() || null;
const shown = { locale: null, words: null, speaking: null, view: null, clock: 0, readAt: null, silentSince: null, painted: "", looking: true, turn: 0, askedAt: 0, filled: null, asked: null };

const deskNow = () => new Date(Date.now() + shown.clock);

const act = {
  open: (ticket) => client.invoke("routeTo", "ticket", ticket),

  // Fills the ticket's form in, and says so where the button is.
  async move(move, told) {
    for (const other of main.querySelectorAll(".done")) other.textContent = "";
    let key = "move_done";
    shown.filled = move;
    try {
      if (move.does === "macro") await client.invoke("macro", move.id);
      else if (move.does === "tag") await client.invoke("ticket.tags.add", move.value);
      else if (move.does === "untag") await client.invoke("ticket.tags.remove", move.value);
      else await client.set(`ticket.customField:custom_field_${move.id}`, move.value);
    } catch {
      key = "move_failed";
      shown.filled = null;
    }
    told.textContent = shown.words.say(key, { move: move.label });
  },
};

// One thing to say, with what can be done about it.
function notice(kind, key, ...details) {
  const { words } = shown;
  return make("div", { class: `notice ${kind}` },
    make(shown.view ? "h2" : "h1", {}, words.say(key)),
    words.has(`${key}_more`) && make("p", {}, words.say(`${key}_more`)),
    ...details,
    make("button", { type: "button", onclick: () => read(), "data-key": "again" }, words.say("again")));
}

// Since when the desk is silent: an update that the ticket still announces and that has passed tells more than our asking.
function silence(ticket) {
  const { words } = shown;
  const time = (at) => make("time", { datetime: at.toISOString() }, words.moment(at));
  const missed = ticket?.due && momentOf(ticket.due) < new Date();
  const due = ticket?.due && make("b", { dir: "auto" }, ticket.due);
  const details = [
    missed && make("p", {}, words.say("silent_missed"), " ", due),
    ticket?.overdue && make("p", {}, words.say("silent_overdue")),
    make("p", {}, words.say("silent_asked"), " ", time(shown.silentSince)),
    due && !missed && make("p", {}, words.say("silent_due"), " ", due),
    shown.view && make("p", {}, words.say("silent_old"), " ", time(shown.readAt)),
  ];
  return notice("danger", "silent", ...details);
}

// Only what changed is made anew, so that nothing moves under the reader's hands.
function paint(content, key) {
  if (shown.painted !== key) {
    shown.painted = key;
    replaceContent(main, content());
  }
  main.removeAttribute("aria-busy");
  if (!performance.getEntriesByName("case-shown").length) {
    requestAnimationFrame(() => performance.mark("case-shown"));
    if (client) keepHeight();
  }
}

function sections() {
  const { zone } = shown.view;
  try {
    if (new Intl.DateTimeFormat("en", { timeZone: zone })) shown.words.zone = zone;
  } catch { /* A zone that this browser does not know: its own is told. */ }
  return sectionsOf(shown.view, shown.words, deskNow(), act, shown.asked);
}

// What was submitted is asked for, and not so yet: until the desk has read further updates of the ticket.
function submitted() {
  if (shown.filled && shown.view?.taken_in !== undefined) {
    const asked = shown.asked = { key: shown.filled.key, label: shown.filled.label, takenIn: shown.view.taken_in, late: false };
    for (const after of ASK_AFTER) {
      setTimeout(() => {
        if (shown.asked !== asked) return;
        asked.late = after === ASK_AFTER.at(-1);
        read();
      }, after);
    }
  }
  shown.filled = null;
  read();
}

async function read() {
  const turn = ++shown.turn;
  shown.askedAt = Date.now();
  let ticket = null;
  let failed = null;
  try {
    ticket = await ticketOf(client);
    const asked = caseOf(client, ticket, languageOf(ticket.locale));
    // Words take a browser 20 ms the first time, while the desk is being asked.
    speak(ticket.locale);
    const view = await asked;
    if (turn !== shown.turn) return;
    Object.assign(shown, { view, readAt: new Date(), silentSince: null });
    if (shown.asked && view.taken_in !== shown.asked.takenIn) shown.asked = null;
    shown.clock = view.read_at ? new Date(view.read_at) - Date.now() : 0;
  } catch (error) {
    failed = error;
  }
  await (shown.speaking ?? speak());
  if (turn !== shown.turn) return;
  if ([NotSetUp, Refused, NoCase].some((kind) => failed instanceof kind)) shown.view = null;
  if (!failed) {
    const { read_at: _, ...lasting } = shown.view;
    paint(sections, JSON.stringify([lasting, shown.asked]));
  } else if (failed instanceof NotSetUp) {
    paint(() => [notice("warning", "not_set_up")], "not set up");
  } else if (failed instanceof Refused) {
    paint(() => [notice("warning", "refused")], "refused");
  } else if (failed instanceof NoCase) {
    const key = ticket.ours && !ticket.key ? "no_key" : "no_case";
    paint(() => [notice("quiet", key)], key);
  } else {
    shown.silentSince ??= new Date();
    paint(() => [silence(ticket), ...(shown.view ? sections() : [])],
      `silent ${shown.silentSince} ${ticket?.due} ${ticket?.overdue}`);
  }
  count();
}

function count() {
  const now = deskNow();
  for (const one of main.querySelectorAll("time.counting")) {
    const text = shown.words.until(one.dateTime, now);
    if (one.textContent !== text) one.textContent = text;
  }
}

// `app.activated` gives a height of 0 for a moment, so the height is that of the content whenever it changes.
function keepHeight() {
  let last = 0;
  const tellHeight = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height > 0 && height !== last) {
      last = height;
      client.invoke("resize", { width: "100%", height: `${height}px` }).catch(() => {});
    }
  };
  new ResizeObserver(tellHeight).observe(document.body);
}

function keepScheme() {
  const set = (scheme) => {
    if (scheme === "light" || scheme === "dark") document.documentElement.dataset.scheme = scheme;
  };
  client.get("colorScheme").then(({ colorScheme }) => set(colorScheme)).catch(() => {});
  client.on("colorScheme.changed", set);
}

function look(looking) {
  shown.looking = looking;
  if (looking && Date.now() - shown.askedAt > JUST_READ) read();
}

async function start() {
  if (!client) {
    await speak();
    paint(() => [make("p", {}, shown.words.say("outside"))], "outside");
    return;
  }
  const first = read();
  keepScheme();
  client.on("app.activated", () => look(true));
  client.on("app.deactivated", () => look(false));
  client.on("ticket.submit.done", submitted);
  setInterval(() => { if (shown.looking && !document.hidden) read(); }, READ_AGAIN);
  setInterval(count, COUNT_AGAIN);
  await first;
}

function speak(locale = navigator.language) {
  if (shown.locale === locale) return shown.speaking;
  shown.locale = locale;
  document.documentElement.lang = languageOf(locale);
  return shown.speaking = wordsOf(locale).then((words) => { shown.words = words; });
}

start();
