// Two minutes before the session ends, say so. Pages work without this.
"use strict";
(() => {
  let timer;
  const start = () => {
    clearTimeout(timer);
    const left = Number(document.body.dataset.idle || 0);
    const box = document.getElementById("idle");
    if (box) box.hidden = true;
    if (left > 0) timer = setTimeout(() => {
      const box = document.getElementById("idle");
      if (box) box.hidden = false;
    }, Math.max(0, left - 120) * 1000);
  };
  start();
  document.addEventListener("htmx:afterSettle", start);
})();
