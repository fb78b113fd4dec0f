// Elements made from values. Text is only ever text: nothing that somebody wrote is read as markup. Content that is
// false, null or empty is left out.

export function make(name, attributes, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...content.flat(2).filter(Boolean));
  return element;
}

// What the reader had opened or was on stays so when the content is made anew; `data-key` names an element.
export function replaceContent(target, content) {
  const opened = new Set([...target.querySelectorAll("details[open][data-key]")].map((one) => one.dataset.key));
  const focused = document.activeElement?.dataset?.key;
  target.replaceChildren(...content);
  for (const one of target.querySelectorAll("details[data-key]")) {
    if (opened.has(one.dataset.key)) one.open = true;
  }
  if (focused) target.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}
