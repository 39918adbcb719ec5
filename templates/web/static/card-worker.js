// Keeps the shell and the policy card that was seen, nothing else; the card opens without a network.
const SHELL = "polis-shell-1", CARD = "polis-card-1";
const base = new URL("..", self.location).pathname.replace(/\/$/, "");
const card = `${base}/cabinet/card`;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep(path) {
  const answer = await fetch(path, { credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) return;
  const cache = await caches.open(CARD);
  await cache.put(card, answer.clone());
  const text = await answer.text();
  const shell = await caches.open(SHELL);
  const files = [...text.matchAll(/(?:href|src)="([^"]*\/static\/[^"]+)"/g)].map((found) => found[1]);
  await Promise.all(files.map((file) => shell.add(file).catch(() => {})));
}

self.addEventListener("message", (event) => {
  const { account, card: isSeen } = event.data ?? {};
  if (!account) return;
  event.waitUntil((async () => {
    // The card of somebody else who was signed in here before must not stay.
    const whose = await (await caches.open(CARD)).match("whose");
    if (whose && await whose.text() !== account) await caches.delete(CARD);
    if (isSeen) {
      await keep(card);
      await (await caches.open(CARD)).put("whose", new Response(account));
    }
  })());
});

async function fresh(request) {
  try {
    return await fetch(request);
  } catch (failure) {
    const kept = await (await caches.open(CARD)).match(card);
    if (kept) return kept;
    throw failure;
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event, path = new URL(request.url).pathname;
  if (request.method === "POST" && path === `${base}/sign-out`) event.waitUntil(caches.delete(CARD));
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && path.startsWith(`${base}/cabinet`)) event.respondWith(fresh(request));
  else if (path.startsWith(`${base}/static/`)) {
    event.respondWith(fetch(request).catch(async () => (await (await caches.open(SHELL)).match(request)) || Response.error()));
  }
});
