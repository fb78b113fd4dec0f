// What is wanted before anything is painted. Light or dark: Zendesk says which in the address, and changes it later by
// an event. And the words in the browser's language, which mostly is the agent's: words.js takes them.
document.documentElement.dataset.scheme =
  new URLSearchParams(location.search).get("colorScheme") === "dark" ? "dark" : "light";

const language = /^(?:es|de)\b/.exec(navigator.language)?.[0] ?? "en";
window.guessed = { [language]: fetch(`texts/${language}.json`).then((answer) => answer.json()) };
window.guessed[language].catch(() => {});
