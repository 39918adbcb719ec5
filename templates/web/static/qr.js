// The page that a scanned code opens: loads keys and the status list, checks the code, shows the verdict.

import { TEXTS, base64url, statusList, verify } from "./qr-verify.js";

const CACHE = "polis-qr-2";
const ROOT = new URL("../", import.meta.url);
const WAIT = 5000;
const KINDS = {
  policy: "Полис ОМС",
  certificate: "Временное свидетельство",
  extract: "Выписка из регистра",
  receipt: "Расписка о приёме заявления",
  insurance_certificate: "Справка о страховании",
};
const CAUTION = "Подпись и срок верны, но отзыв не проверен по свежему списку";
const TITLES = { valid: "Действителен" };
const UNCHECKED = new Set(["unreadable", "unsupported", "unknown_key"]);

const element = (id) => document.getElementById(id);

async function stored(address) {
  if (!("caches" in globalThis)) return null;
  const found = await (await caches.open(CACHE)).match(address);
  return found ? found.json() : null;
}

// From the network if it answers in time, else what was kept at the last visit; null if neither.
async function load(path) {
  const address = new URL(path, ROOT).href;
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(WAIT), cache: "no-cache" });
    if (!answer.ok) throw new Error(String(answer.status));
    if ("caches" in globalThis) await (await caches.open(CACHE)).put(address, answer.clone());
    return await answer.json();
  } catch {
    return stored(address);
  }
}

async function loadList(id, jwks) {
  const body = await load(`v1/status-lists/${id}`);
  return body ? statusList(base64url(body.status_list), jwks) : null;
}

const russianDay = (iso) => iso.split("-").reverse().join(".");

function lastDay(iso) {
  const day = new Date(`${iso}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - 1);
  return russianDay(day.toISOString().slice(0, 10));
}

function stated(told) {
  if (!told) return [];
  const days = told.from_on === told.to_on
    ? russianDay(told.from_on)
    : `${russianDay(told.from_on)} – ${russianDay(told.to_on)} включительно`;
  return [
    ["О каких днях", days],
    ["Что подтверждает", told.continuous ? "Застрахован все дни" : "Застрахован не все дни: перерывы перечислены в справке"],
  ];
}

function rows(claims) {
  if (!claims) return [];
  const number = /^\d{16}$/.test(claims.number) ? claims.number.replace(/(\d{4})(?=\d)/g, "$1 ") : claims.number;
  const term = claims.valid_until
    ? `${russianDay(claims.valid_from)} – ${lastDay(claims.valid_until)} включительно`
    : `с ${russianDay(claims.valid_from)}, бессрочно`;
  return [
    ["Документ", KINDS[claims.kind]],
    ["Номер", number],
    ["Имя", claims.name],
    ["Дата рождения", russianDay(claims.born_on)],
    [claims.stated ? "Выдана" : "Срок", claims.stated ? russianDay(claims.valid_from) : term],
    ...stated(claims.stated),
    ["Код страховой организации", claims.insurer_code],
  ].filter(([, value]) => value);
}

function ago(seconds) {
  const units = [[86400, "дн."], [3600, "ч"], [60, "мин"]];
  for (const [size, name] of units) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${name} назад`;
  }
  return "только что";
}

function freshness(verdict, now) {
  if (!verdict.claims) return "";
  if (verdict.statusAt === null) {
    return "Список отозванных документов не загружен: отзыв не проверен. Подключитесь к интернету.";
  }
  const moment = new Date(verdict.statusAt * 1000).toLocaleString("ru-RU");
  const warning = verdict.stale ? " Список устарел – подключитесь к интернету." : "";
  return `Список отозванных документов: ${ago(now - verdict.statusAt)} (${moment}).${warning}`;
}

function title(reason) {
  if (UNCHECKED.has(reason)) return "Не удалось проверить";
  return TITLES[reason] ?? "Не действителен";
}

function tone(verdict) {
  if (UNCHECKED.has(verdict.reason)) return "unknown";
  if (verdict.reason !== "valid") return "bad";
  return verdict.statusAt === null || verdict.stale ? "caution" : "good";
}

function show(verdict, now) {
  element("verdict").dataset.tone = tone(verdict);
  element("verdict").dataset.reason = verdict.reason;
  element("title").textContent = title(verdict.reason);
  element("text").textContent = tone(verdict) === "caution" ? CAUTION : TEXTS[verdict.reason];
  element("facts").replaceChildren(...rows(verdict.claims).flatMap(([name, value]) => {
    const term = document.createElement("dt");
    const data = document.createElement("dd");
    term.textContent = name;
    data.textContent = value;
    return [term, data];
  }));
  element("compare").hidden = !verdict.claims;
  element("freshness").textContent = freshness(verdict, now);
}

let latest = 0;

async function check() {
  latest += 1;
  const run = latest;
  const token = location.hash.slice(1);
  element("verdict").dataset.tone = "wait";
  element("verdict").removeAttribute("data-reason");
  if (!token) {
    element("title").textContent = "Проверка документа";
    element("text").textContent = "Отсканируйте QR-код документа здесь или наведите на него камеру телефона и откройте ссылку.";
    return;
  }
  element("title").textContent = "Проверяем…";
  const now = Math.floor(Date.now() / 1000);
  const jwks = await load(".well-known/jwks.json");
  const verdict = await verify(token, jwks ?? { keys: [] }, now, (id) => loadList(id, jwks));
  if (run === latest) show(verdict, now); // another code may have been scanned meanwhile
}

// What the camera of this page read: the code stands after «#», whichever address is before it.
document.querySelector("[data-camera]")?.addEventListener("scanned", (event) => {
  const token = event.detail.split("#").pop();
  if (location.hash.slice(1) === token) check();
  else location.hash = token;
});
addEventListener("hashchange", check);
if ("serviceWorker" in navigator) {
  navigator.serviceWorker
    .register(new URL("qr-worker.js", import.meta.url), { scope: new URL("Q", ROOT).pathname })
    .catch(() => {});
}
check();
