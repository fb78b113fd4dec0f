// What is alive on a page is read anew while somebody looks at it, and left alone while they write in it or have unfolded something.
"use strict";

const writes = (region) =>
  [...region.querySelectorAll("input, textarea, select")].some(
    (one) => one === document.activeElement || one.value !== (one.defaultValue ?? one.value) || one.checked !== (one.defaultChecked ?? one.checked),
  );

document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden || writes(event.detail.elt) || event.detail.elt.querySelector("details[open]")) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.querySelectorAll("[data-live]").forEach((one) => window.htmx.trigger(one, "parley:seen"));
});
