// What makes the pages better where scripts run; without them every form works too.
const base = document.body.dataset.base;

function once(event) {
  const form = event.target;
  if (event.defaultPrevented) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  setTimeout(() => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  }, 8000);
}
document.addEventListener("submit", once);
window.addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent); });

const parts = [
  ["[data-autosave]", "autosave.js"], ["[data-mask]", "masks.js"], ["[data-upload]", "upload.js"], ["[data-queue], [data-key]", "keys.js"],
  ["[data-camera]", "scan.js"], ["[data-refresh]", "progress.js"], ["[data-batch]", "batch.js"],
];
for (const [selector, name] of parts) if (document.querySelector(selector)) import(`./${name}`).catch(() => {});

document.getElementById("errors")?.focus();
document.querySelector(".nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

if ("serviceWorker" in navigator && document.body.dataset.account) {
  navigator.serviceWorker.register(`${base}/static/card-worker.js`, { scope: `${base}/` }).then(async () => {
    const worker = (await navigator.serviceWorker.ready).active;
    worker.postMessage({ account: document.body.dataset.account, card: Boolean(document.querySelector("[data-card]")) });
  }).catch(() => {});
}
if (document.querySelector("[data-wipe]") && "caches" in window) {
  caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("polis-card")).map((name) => caches.delete(name))));
}
