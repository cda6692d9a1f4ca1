/* newsdesk: keys for those who like them. Every page works without this file. */
"use strict";
(() => {
  const items = () => [...document.querySelectorAll("[data-item]")];
  const go = (selector) => document.querySelector(selector)?.click();
  const isTyping = (at) => at.closest("input, select, textarea, [contenteditable]") !== null;

  const move = (step) => {
    const all = items();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  };
  const help = () => {
    const dialog = document.getElementById("help");
    if (dialog.open) dialog.close();
    else dialog.showModal();
  };
  const search = () => {
    const field = document.getElementById("q");
    if (!field) { location.assign("/"); return; }
    field.focus();
    field.select();
  };
  const keys = {
    "/": search,
    "j": () => move(1),
    "k": () => move(-1),
    "o": () => items().includes(document.activeElement) && document.activeElement.click(),
    "n": () => go("a[rel~=next]"),
    "d": () => go("a[data-changes]"),
    "s": () => go("a[data-story]"),
    "v": () => go("a[data-original]"),
    "?": help,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && isTyping(event.target)) { event.target.blur(); return; }
    if (isTyping(event.target) || !(event.key in keys)) return;
    if (document.getElementById("help").open && event.key !== "?") return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const button of document.querySelectorAll("[data-help]")) {
    button.hidden = false;
    button.addEventListener("click", help);
  }
  for (const form of document.querySelectorAll("form[method=get]")) {
    form.addEventListener("submit", () => {
      for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
    });
  }
  window.addEventListener("pageshow", () => {
    for (const field of document.querySelectorAll("form[method=get] :disabled")) field.disabled = false;
  });
  for (const time of document.querySelectorAll("time[datetime*=T]")) {
    const here = new Date(time.dateTime);
    if (!Number.isNaN(here.valueOf())) time.title = `${time.title} (${here.toLocaleString()} here)`.trim();
  }
})();
