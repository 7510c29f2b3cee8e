// A page with data-live is told by its server when what it shows has changed, and
// then says so in [data-live-notice]. Pages work without this.
"use strict";
(() => {
  let source;
  const start = () => {
    if (source) source.close();
    source = undefined;
    const box = document.querySelector("[data-live]");
    if (!box) return;
    source = new EventSource(box.dataset.live);
    source.addEventListener("changed", () => {
      const notice = box.querySelector("[data-live-notice]");
      if (notice) notice.hidden = false;
    });
  };
  start();
  document.addEventListener("htmx:afterSettle", start);
  addEventListener("pagehide", () => source && source.close());
})();
