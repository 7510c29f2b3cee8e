// Tells a reader of a page with numbers that they have changed. Without it, or
// where nobody sends events, the page is as whole as before.
"use strict";
(() => {
  const persian = document.documentElement.lang === "fa";
  const here = location.pathname.replace(/^\/en\//, "/").replace(/^\/en$/, "/");
  const events = new EventSource("/events");
  events.addEventListener("changed", (e) => {
    let paths;
    try { paths = JSON.parse(e.data).paths; } catch { return; }
    if (!Array.isArray(paths) || !paths.includes(here) || document.getElementById("changed")) return;
    const box = document.createElement("p");
    box.id = "changed";
    box.className = "answer open";
    box.setAttribute("role", "status");
    const link = document.createElement("a");
    link.href = location.pathname;
    link.addEventListener("click", (e) => { // the browser may still keep the old page for some seconds
      e.preventDefault();
      location.reload();
    });
    link.textContent = persian ? "عددهای این صفحه تازه شده‌اند: نشان بده" : "The numbers of this page have changed: show them";
    box.append(link);
    document.querySelector("main h1").after(box);
    events.close();
  });
  events.addEventListener("open", () => { document.documentElement.dataset.live = "on"; });
  addEventListener("pagehide", () => events.close());
})();
