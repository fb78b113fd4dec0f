// Light or dark before anything is painted: Zendesk says which in the address, and changes it later by an event.
document.documentElement.dataset.scheme =
  new URLSearchParams(location.search).get("colorScheme") === "dark" ? "dark" : "light";
