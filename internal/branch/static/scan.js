// What the desk's scanner reads goes into the field and is looked for, while the page
// is open. Notices say when the scanner is lost, or has read nothing.
"use strict";
(() => {
  const field = document.querySelector("[data-scan]");
  let asked = null;
  const once = async (signal) => {
    const answer = await fetch(field.dataset.scan + "?turn=" + field.dataset.turn, { headers: { "Sandogh-Refresh": "1" }, redirect: "error", signal });
    if (!answer.ok) throw new Error(answer.status);
    const now = await answer.json();
    field.dataset.turn = now.turn;
    for (const notice of document.querySelectorAll("[data-scanner]")) notice.hidden = notice.dataset.scanner !== now.state;
    if (!now.text) return;
    field.value = now.text;
    field.form.requestSubmit();
    stop();
  };
  const stop = () => {
    asked?.abort();
    asked = null;
  };
  const start = async () => {
    stop();
    const { signal } = (asked = new AbortController());
    while (!signal.aborted) {
      try {
        await once(signal);
      } catch {
        if (!signal.aborted) await new Promise((done) => setTimeout(done, 2000));
      }
    }
  };
  addEventListener("pageshow", start); // also when the back button brings it back
  addEventListener("pagehide", stop);
})();
