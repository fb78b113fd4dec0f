// What the ticket says of itself, and what the desk says of its case. Nothing here changes anything.

const ANSWERS_WITHIN = 15_000;
const LABELS = { case_field: "Case key", due_field: "Next update due" };
const OURS = "escalation_";
const OVERDUE = "escalation_overdue";

export class NotSetUp extends Error {}

export class Refused extends Error {}

export class NoCase extends Error {}

export class Silent extends Error {}

const field = (id) => `ticket.customField:custom_field_${id}`;

// The moment that the desk wrote as people read it, such as "Fri 6 Mar 2026, 10:00 EST"; NaN where it can't be told.
export function momentOf(text) {
  const found = /(\d{1,2}) (\p{L}+)\.? (\d{4}), (\d{1,2}:\d\d) (\S+)$/u.exec(text);
  return found ? Date.parse(found.slice(1).join(" ")) : NaN;
}

// Each question takes a turn through the ticket's page, so all that can be asked at once is. The ids of our two fields
// are the installation's settings; where one is missing the field is found by its label, which takes one turn more.
export async function ticketOf(client) {
  const { settings } = await client.metadata();
  const ids = { ...settings };
  const missing = Object.keys(LABELS).filter((key) => !ids[key]);
  const ours = () => Object.keys(LABELS).filter((key) => ids[key]).map((key) => field(ids[key]));
  const said = await client.get(["currentUser.locale", "ticket.id", "ticket.tags", ...(missing.length ? ["ticketFields"] : []), ...ours()]);
  for (const key of missing) {
    const found = said.ticketFields?.find((one) => one.label === LABELS[key]);
    ids[key] = found && String(found.name).replace(/^custom_field_/, "");
  }
  if (missing.some((key) => ids[key])) Object.assign(said, await client.get(ours()));
  const tags = said["ticket.tags"] ?? [];
  return {
    address: String(settings.desk_address ?? "").trim().replace(/\/+$/, ""),
    locale: said["currentUser.locale"] || navigator.language,
    id: String(said["ticket.id"]),
    key: String((ids.case_field && said[field(ids.case_field)]) || ""),
    due: String((ids.due_field && said[field(ids.due_field)]) || ""),
    ours: tags.some((tag) => tag.startsWith(OURS)),
    overdue: tags.includes(OVERDUE),
  };
}

// Zendesk's proxy puts the installation's key into the header: it never reaches the browser.
export async function caseOf(client, ticket, language) {
  if (!/^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1)(:|$)/.test(ticket.address)) throw new NotSetUp();
  if (!ticket.key) throw new NoCase();
  const asked = client.request({
    url: `${ticket.address}/api/sidebar/cases/${encodeURIComponent(ticket.id)}?language=${language}`,
    type: "GET",
    dataType: "json",
    headers: { "X-Parley-Installation": "{{setting.installation_key}}", "X-Parley-Capability": ticket.key },
    secure: true,
    cors: false,
    autoRetry: false,
  });
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject({ status: 0 }), ANSWERS_WITHIN);
  });
  try {
    const answer = await Promise.race([asked, late]);
    const view = typeof answer === "string" ? JSON.parse(answer) : answer;
    if (typeof view?.state !== "string") throw new Silent();
    return view;
  } catch (error) {
    if (error?.status === 404) throw new NoCase();
    if ([400, 401, 403].includes(error?.status)) throw new Refused();
    throw new Silent();
  } finally {
    clearTimeout(timer);
  }
}
