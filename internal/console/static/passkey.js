// Passkeys need the browser's own part; without it the password is there.
"use strict";
(() => {
  const ask = async (path, body) => {
    const reply = await fetch(path, { method: "POST", headers: { "Accept": "application/json", "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(String(reply.status));
    return reply.json();
  };
  const run = async (box) => {
    const add = box.dataset.passkey === "add";
    const { ticket, options } = await ask(box.dataset.begin, {});
    const answer = add
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) });
    await ask(box.dataset.finish, { ticket, answer: JSON.stringify(answer.toJSON()), name: navigator.platform || "passkey" });
    location.assign(add ? location.href : "/" + (document.documentElement.lang === "en" ? "en/" : ""));
  };
  const start = () => {
    if (!window.PublicKeyCredential || !PublicKeyCredential.parseCreationOptionsFromJSON) return;
    for (const box of document.querySelectorAll("[data-passkey][hidden]")) {
      box.hidden = false;
      box.querySelector("button").addEventListener("click", () => run(box).catch(() => {
        const p = document.createElement("p");
        p.className = "notice bad";
        p.textContent = box.dataset.failed;
        document.getElementById("said").replaceChildren(p);
      }));
    }
  };
  start();
  document.addEventListener("htmx:afterSettle", start);
})();
