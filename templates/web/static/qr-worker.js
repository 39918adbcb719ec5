// Keeps the check page for use without a network. Served with «Service-Worker-Allowed: /».
// The token stands after «#», so it is in no request that passes here.

const CACHE = "polis-qr-2";
const ROOT = new URL("../", self.location);
const FILES = ["fonts.css", "qr.css", "qr.js", "qr-verify.js", "scan.js", "scan-worker.js", "qr-decode.js"];
const SHELL = ["Q", ...FILES.map((name) => `static/${name}`)].map((path) => new URL(path, ROOT).href);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const clear = caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith("polis-qr-") && name !== CACHE).map((name) => caches.delete(name)),
  ));
  event.waitUntil(clear.then(() => self.clients.claim()));
});

async function freshOrKept(request, address) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(address, answer.clone());
    return answer;
  } catch {
    return (await cache.match(address)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const address = event.request.url.split(/[?#]/)[0];
  if (event.request.method === "GET" && SHELL.includes(address)) {
    event.respondWith(freshOrKept(event.request, address));
  }
});
