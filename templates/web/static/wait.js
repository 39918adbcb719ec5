// A page that waits for something looks again by itself; whoever runs no scripts has the link for it.
const link = document.querySelector("a[data-wait]");
let left = 40;
async function again() {
  if (!document.hidden) {
    left -= 1;
    try {
      const answer = await fetch(link.href);
      if (answer.ok && !(await answer.text()).includes("data-wait")) { location.replace(link.href); return; }
    } catch { /* without a network there is nothing to see yet */ }
  }
  if (left > 0) setTimeout(again, 3000);
}
setTimeout(again, 3000);
link.dataset.wait = "on";
