// The parts of a case as its reader sees them, from the desk's JSON (docs/case-view.md). What the desk says is marked
// with the desk's language; a part of which the desk says nothing is left out.

import { make } from "./elements.js";

const DEADLINES = 3;
const OTHER_STATES = new Set(["needs_review", "other_side_responded"]);

// `asked` is what was submitted and the desk has not taken in yet.
export function sectionsOf(view, words, now, act, asked = null) {
  const page = { view, words, now, act, asked, theirs: { lang: view.said_in || "en", dir: "auto" } };
  return [heading, stuck, crossed, deadlines, lastWord, check, moves, sent, files].map((part) => part(page)).flat();
}

function titled(page, key, title, ...content) {
  return make("section", { "aria-labelledby": `title-${key}` },
    make("h2", { id: `title-${key}` }, page.words.say(title)), ...content);
}

function more(key, summary, ...content) {
  return make("details", { "data-key": key }, make("summary", { "data-key": `summary-${key}` }, summary), ...content);
}

function moment(page, at) {
  return make("time", { datetime: at }, page.words.moment(at));
}

// "in 1 day 4 h", which main.js keeps true while the page is open.
export function counting(words, at, now) {
  return make("time", { datetime: at, class: "counting" }, words.until(at, now));
}

function said(page, text, attributes) {
  return make("p", { ...page.theirs, ...attributes }, text);
}

function heading(page) {
  const { view, words } = page;
  const chips = [
    view.tier && words.say("tier", { tier: view.tier }),
    view.ended && words.say("ended"),
    view.party && words.say(`party_${view.party}`),
    view.company_name || view.company,
  ];
  const turn = words.has(`turn_${view.whose_turn}`) && words.say(`turn_${view.whose_turn}`);
  const needs = view.whose_turn === "agents" || OTHER_STATES.has(view.state);
  const waits = page.asked && words.say(page.asked.late ? "asked_late" : "asked_for", { move: page.asked.label });
  return make("header", {},
    waits && make("p", { class: "notice warning", role: "status" }, waits),
    make("ul", { class: "chips", "aria-label": words.say("in_short") },
      chips.filter(Boolean).map((chip) => make("li", {}, chip))),
    make("h1", page.theirs, view.state_said || view.state),
    (view.assignment_id || view.state_since) && make("p", { class: "small" },
      view.assignment_id && words.say("assignment", { id: view.assignment_id }),
      view.assignment_title && [": ", make("span", { dir: "auto" }, view.assignment_title)],
      view.state_since && [" · ", words.say("so_since"), " ", moment(page, view.state_since)]),
    turn && make("p", { class: needs ? "turn agents" : "turn" },
      make("strong", {}, turn), view.waiting_for && " ", view.waiting_for && make("span", page.theirs, view.waiting_for)),
    view.paused && make("div", { class: "notice warning" },
      make("p", {}, make("strong", {}, words.say("paused")), " ", counting(words, view.paused.until, page.now), " · ",
        moment(page, view.paused.until)),
      said(page, [view.paused.by, view.paused.why].filter(Boolean).join(": ")),
      view.held?.length > 0 && make("p", { class: "small" }, words.say("held")),
      view.held?.length > 0 && make("ul", { class: "small" }, view.held.map((one) => make("li", page.theirs, one.what)))),
  );
}

function stuck(page) {
  const rows = page.view.stuck ?? [];
  if (!rows.length) return [];
  return titled(page, "stuck", "stuck",
    make("ul", { class: "plain" }, rows.map((row) => make("li", { class: "notice danger" },
      make("strong", page.theirs, row.what),
      row.since && make("p", { class: "small" }, page.words.say("since"), " ", moment(page, row.since)),
      row.why && said(page, row.why),
      row.remedy && make("p", {}, make("b", {}, page.words.say("what_to_do")), " ", make("span", page.theirs, row.remedy)),
    ))));
}

function crossed(page) {
  const other = page.view.crossed;
  if (!other) return [];
  const open = () => page.act.open(other.ticket_id);
  return titled(page, "crossed", "crossed",
    make("div", { class: "notice warning" },
      said(page, other.said),
      make("p", { class: "small" }, page.words.say("crossed_keep")),
      make("button", { type: "button", onclick: open, "data-key": "crossed" },
        page.words.say("open_ticket", { ticket: other.ticket_id }))));
}

function deadlines(page) {
  const rows = (page.view.deadlines ?? []).slice(0, DEADLINES);
  if (!rows.length) return [];
  return titled(page, "next", "next",
    make("ol", { class: "plain deadlines" }, rows.map((row) => make("li", {},
      make("p", { class: "when" }, make("strong", {}, counting(page.words, row.due, page.now)), " ",
        make("span", { class: "small" }, moment(page, row.due))),
      said(page, row.what || row.kind),
      ...(row.moved ?? []).map((move) => make("p", { class: "small" },
        page.words.say("moved", { at: page.words.moment(move.at), from: page.words.moment(move.from) }), " ",
        make("span", page.theirs, [move.actor, move.why].filter(Boolean).join(": ")))),
      more(`why-${row.kind}`, page.words.say("why_then"), said(page, row.why),
        (row.steps ?? []).length > 0 && make("ol", page.theirs, row.steps.map((step) => make("li", {}, step)))),
    ))));
}

function lastWord(page) {
  const word = page.view.last_word;
  if (word === undefined) return [];
  if (word === null) return titled(page, "word", "last_word", make("p", {}, page.words.say("no_word")));
  return titled(page, "word", "last_word",
    make("blockquote", { dir: "auto" }, word.text),
    make("p", { class: "small" }, make("span", { dir: "auto" }, word.by), " · ",
      word.through_said && make("span", page.theirs, word.through_said), word.through_said && " · ",
      moment(page, word.at)));
}

function check(page) {
  const findings = page.view.verdict ?? [];
  if (!findings.length) return [];
  const passed = findings.filter((one) => one.outcome === "pass");
  const others = findings.filter((one) => one.outcome !== "pass");
  const list = (rows) => make("ul", { class: "plain" }, rows.map((one) => finding(page, one)));
  return titled(page, "check", "check",
    page.view.ruling_said && said(page, page.view.ruling_said),
    page.view.checked_at && make("p", { class: "small" }, page.words.say("checked"), " ", moment(page, page.view.checked_at)),
    others.length > 0 && list(others),
    passed.length > 0 && more("passed", page.words.say("passed", { count: passed.length }), list(passed)),
    changedSince(page));
}

// A desk of an earlier version does not tell it.
function changedSince(page) {
  const changes = page.view.changed_since ?? [];
  return changes.length > 0 && [make("p", {}, page.words.say("changed_since")),
    make("ul", { class: "plain" }, changes.map((one) =>
      make("li", {}, moment(page, one.at), ": ", make("span", page.theirs, one.what))))];
}

function finding(page, one) {
  return make("li", { class: `finding ${one.outcome}` },
    make("p", {}, make("strong", page.theirs, one.title || one.rule), " · ",
      make("span", { class: "outcome" }, page.words.say(one.mendable ? "mendable" : `outcome_${one.outcome}`))),
    said(page, one.fact),
    one.earliest && make("p", { class: "small" }, page.words.say("earliest"), " ", moment(page, one.earliest)),
    one.remedy && make("p", {}, make("b", {}, page.words.say("remedy")), " ", make("span", page.theirs, one.remedy)),
    make("p", { class: "small" }, page.words.say("source"), " ", make("span", page.theirs, one.source)));
}

function moves(page) {
  const rows = page.view.moves ?? [];
  if (!rows.length) return [];
  return titled(page, "moves", "moves",
    make("p", { class: "small" }, page.words.say("moves_how")),
    make("ul", { class: "plain moves" }, rows.map((move) => make("li", {},
      make("button", {
        type: "button", disabled: move.key === page.asked?.key, "data-key": `move-${move.key}`, "aria-describedby": `sets-${move.key}`,
        onclick: (event) => page.act.move(move, event.currentTarget.parentElement.lastElementChild), lang: page.theirs.lang,
      }, move.label),
      make("p", { class: "small", id: `sets-${move.key}` }, page.words.say("sets"), " ",
        make("span", page.theirs, (move.sets ?? []).map((one) => sets(page, one)).join("; ")),
        move.said && make("span", page.theirs, `. ${move.said}`)),
      make("p", { role: "status", class: "done" }),
    ))));
}

function sets(page, one) {
  if (one.kind === "comment") return page.words.say("sets_comment");
  if (one.kind === "status") return page.words.say("sets_status", one);
  if (one.kind === "tag") return page.words.say("sets_tag", one);
  if (one.kind === "untag") return page.words.say("sets_untag", one);
  return page.words.say("sets_field", one);
}

function sent(page) {
  const rows = page.view.sent ?? [];
  if (!rows.length) return [];
  return titled(page, "sent", "sent",
    make("ul", { class: "plain" }, rows.map((row, at) => make("li", {},
      make("p", {}, make("strong", page.theirs, row.what)),
      make("p", { class: "small" }, row.to && make("span", { dir: "auto" }, row.to), row.to && " · ", moment(page, row.at)),
      row.text && more(`sent-${row.at}-${at}`, page.words.say("read_it"), make("blockquote", { dir: "auto" }, row.text)),
    ))));
}

function files(page) {
  const rows = page.view.files ?? [];
  if (!rows.length) return [];
  return titled(page, "files", "files",
    make("ul", { class: "plain" }, rows.map((row) => make("li", {},
      make("p", {}, make("strong", { dir: "auto" }, row.name), " ",
        make("span", { class: "small" }, page.words.size(row.size))),
      row.said && said(page, row.said, { class: "small" }),
    ))));
}
