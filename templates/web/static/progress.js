// What is being worked on shows how far it is, without a reload that would lose what is typed elsewhere on the page.
let pause = 1000;

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const here = document.querySelector("[data-refresh]"), there = page.querySelector("[data-refresh]");
  if (!there) return location.reload();
  here.replaceChildren(...there.childNodes);
  return wait();
}
function wait() {
  setTimeout(() => (document.hidden ? wait() : look().catch(wait)), pause);
  pause = Math.min(pause * 1.4, 5000);
}
wait();
