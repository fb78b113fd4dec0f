// Every sentence of the app, and how moments and lengths of time are said in the agent's language.

const LANGUAGES = ["en", "es", "de"];

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
  return new Words(await textsOf(language), language, locale);
}

class Words {
  constructor(texts, language, locale) {
    this.texts = texts;
    this.language = language;
    this.plurals = new Intl.PluralRules(language);
    // The region of the locale says how a moment is written, as long as its language is ours.
    const shown = languageOf(locale) === String(locale ?? "").toLowerCase().split("-")[0] ? locale : language;
    this.moments = new Intl.DateTimeFormat(shown, {
      weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short",
    });
  }

  say(key, values = {}) {
    return this.texts[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  has(key) {
    return key in this.texts;
  }

  moment(at) {
    return this.moments.format(new Date(at));
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
