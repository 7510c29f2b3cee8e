// Three things that pages do better with than without: regions marked data-live
// are kept fresh (the page is fetched again every data-every seconds, and what has
// changed is put in), a form is sent once, however often it is pressed, and a keypad
// types into the field that it is for. What was typed before is selected, so that a
// scan takes its place.
"use strict";
(() => {
  addEventListener("submit", (e) => {
    const form = e.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      e.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    for (const b of form.querySelectorAll("button")) b.setAttribute("aria-disabled", "true");
  });
  // A page that the back button brings back can be sent again; the server decides.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const b of form.querySelectorAll("[aria-disabled]")) b.removeAttribute("aria-disabled");
    }
  });
  for (const pad of document.querySelectorAll("[data-keys-for]")) {
    const field = document.getElementById(pad.dataset.keysFor);
    pad.hidden = false;
    pad.addEventListener("click", (e) => {
      const key = e.target.closest("[data-key]")?.dataset.key;
      if (!key) return;
      field.value = key === "clear" ? "" : key === "back" ? field.value.slice(0, -1) : field.value + key;
      field.focus();
    });
  }
  addEventListener("load", () => document.querySelector("input[autofocus]")?.select());
  const every = Number(document.body.dataset.every);
  if (!every) return;
  const lost = document.getElementById("lost");
  const refresh = async () => {
    try {
      const answer = await fetch(location.href, { headers: { "Sandogh-Refresh": "1" }, redirect: "error" });
      if (!answer.ok) throw new Error(answer.status);
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of document.querySelectorAll("[data-live][id]")) {
        const fresh = next.getElementById(region.id);
        if (fresh && fresh.innerHTML !== region.innerHTML && !region.contains(document.activeElement)) region.innerHTML = fresh.innerHTML;
      }
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
    setTimeout(refresh, every * 1000);
  };
  setTimeout(refresh, every * 1000);
})();
