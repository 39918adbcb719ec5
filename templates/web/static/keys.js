// Single keys for operators. A key follows a link, opens a part, or moves the focus to a button; it never sends a form.
const list = [...document.querySelectorAll("[data-queue] a")];
const base = document.body.dataset.base;
// Whoever speaks to the computer types single letters unawares: keys can be switched off (WCAG 2.1.4).
const toggle = document.querySelector("[data-keys]");
const box = toggle.querySelector("input");
toggle.hidden = false;
box.checked = localStorage.getItem("keys") !== "off";
box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
const isTyping = (target) => target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
// By the place on the keyboard, so that the Russian layout works too.
const letters = { KeyT: "t", KeyR: "r", KeyA: "a", KeyX: "x", KeyQ: "q", KeyV: "v", BracketLeft: "[", BracketRight: "]" };

function step(by) {
  const here = list.indexOf(document.activeElement);
  list[Math.min(Math.max(here + by, 0), list.length - 1)]?.focus();
}
function nextScan() {
  const scans = [...document.querySelectorAll("[data-scan]")];
  const here = scans.findIndex((scan) => scan.hasAttribute("aria-current"));
  scans[(here + 1) % scans.length]?.click();
}
function use(part) {
  if (part.localName === "a") part.click();
  else if (part.localName === "details") { part.open = !part.open; part.querySelector("summary").focus(); }
  else part.focus();
}
document.addEventListener("keydown", (event) => {
  if (!box.checked || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  if (event.code === "KeyJ") step(1);
  else if (event.code === "KeyK") step(-1);
  else if (event.code === "KeyS") nextScan();
  else if (event.code === "KeyU" && !list.length) location.assign(`${base}/operator`);
  else if (event.code === "Slash") document.getElementById("state")?.focus();
  else {
    const part = letters[event.code] && document.querySelector(`[data-key="${letters[event.code]}"]`);
    if (!part) return;
    use(part);
  }
  event.preventDefault();
});
