// Every sentence of the app, how lengths of time are said in the agent's language, and moments as the desk writes them.

const LANGUAGES = ["en", "es", "de"];
const REGIONS = ["en-US", "en-GB", "en-AU", "en-IN"];

export function languageOf(locale) {
  const wanted = String(locale ?? "").toLowerCase().split("-")[0];
  return LANGUAGES.includes(wanted) ? wanted : "en";
}

function textsOf(language) {
  return window.guessed?.[language] ??
    fetch(new URL(`texts/${language}.json`, import.meta.url)).then((answer) => answer.json());
}

export async function wordsOf(locale) {
  const language = languageOf(locale);
  return new Words(await textsOf(language), language);
}

const formats = {};

function partsOf(region, timeZone, at) {
  const format = formats[region + timeZone] ??= new Intl.DateTimeFormat(region, {
    weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    timeZone, timeZoneName: "short",
  });
  return Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
}

class Words {
  constructor(texts, language) {
    this.texts = texts;
    this.language = language;
    this.plurals = new Intl.PluralRules(language);
  }

  say(key, values = {}) {
    return this.texts[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  has(key) {
    return key in this.texts;
  }

  // As the ticket's fields write it, "Fri 6 Mar 2026, 10:00 EST", in `zone`: the desk's, once that is known. A region knows
  // short names of its own zones only.
  moment(at) {
    let said;
    for (const region of REGIONS) {
      const parts = partsOf(region, this.zone, at);
      said ??= parts;
      if (!parts.timeZoneName.startsWith("GMT")) {
        said.timeZoneName = parts.timeZoneName;
        break;
      }
    }
    return `${said.weekday} ${said.day} ${said.month} ${said.year}, ${said.hour}:${said.minute} ${said.timeZoneName}`;
  }

  // The two largest units that matter: "1 day 4 h", "3 h 20 min", "5 min".
  span(milliseconds) {
    const minutes = Math.max(1, Math.round(Math.abs(milliseconds) / 60_000));
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
    const parts = days ? [["day", days], ["hour", hours]] : [["hour", hours], ["minute", rest]];
    return parts.filter(([, n]) => n).map(([unit, n]) => this.count(unit, n)).join(" ");
  }

  count(unit, n) {
    const forms = this.texts[unit];
    return (forms[this.plurals.select(n)] ?? forms.other).replace("{n}", n);
  }

  until(at, now) {
    const left = new Date(at) - now;
    if (Math.abs(left) < 60_000) return this.say("now");
    return this.say(left > 0 ? "in" : "ago", { span: this.span(left) });
  }

  size(bytes) {
    const [amount, unit] = bytes < 1_000_000 ? [bytes / 1_000, "kilobyte"] : [bytes / 1_000_000, "megabyte"];
    return new Intl.NumberFormat(this.language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
  }
}
