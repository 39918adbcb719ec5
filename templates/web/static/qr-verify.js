// Checks the codes of documents in the browser: Base32, CBOR, COSE_Sign1, status lists (docs/qr.md).

export const TEXTS = {
  valid: "Документ действителен",
  unreadable: "Код не читается. Отсканируйте его ещё раз целиком, без бликов",
  unsupported: "Код другого вида. Обновите страницу проверки и отсканируйте снова",
  unknown_key: "Ключ подписи неизвестен. Подключитесь к интернету, чтобы обновить ключи",
  bad_signature: "Подпись не сошлась: код изменён или подделан. Не принимайте документ",
  not_yet: "Срок действия документа ещё не начался",
  expired: "Срок действия документа истёк",
  revoked: "Документ аннулирован. Попросите действующий полис или паспорт",
  suspended: "Действие полиса приостановлено. Уточните причину у страховой организации",
  replaced_by: "Документ заменён новым. Попросите показать новый документ",
};

const BY_STATUS = ["valid", "revoked", "suspended", "replaced_by"];
const KINDS = { 1: "policy", 2: "certificate", 3: "extract", 4: "receipt", 5: "insurance_certificate" };
const STATUS_LIST_TYPE = "application/statuslist+cwt";
const [ALG, KID, TYP] = [1, 4, 16];
const [SUB, EXP, IAT, CTI, DOCUMENT, STATED] = [2, 4, 6, 7, -65537, -65538];
const [TTL, LIST] = [65534, 65533];
const DAY = 86400;
const EPOCH_DAY = Date.UTC(1900, 0, 1) / 1000;
const MOSCOW = 3 * 3600;
const MAX_LIST = 2 ** 22;

export class Refused extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export function base32(text) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bytes = [];
  let bits = 0;
  let value = 0;
  for (const char of text.toUpperCase()) {
    const digit = alphabet.indexOf(char);
    if (digit < 0) throw new Refused("unreadable");
    value = ((value << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  if (bytes.length === 0) throw new Refused("unreadable");
  return Uint8Array.from(bytes);
}

export function base64url(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

// The part of CBOR (RFC 8949) that tokens use: integers, strings, arrays, maps, tags, null, booleans.
export function cbor(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function argument(info) {
    if (info < 24) return info;
    const sizes = { 24: 1, 25: 2, 26: 4, 27: 8 };
    const size = sizes[info];
    if (size === undefined) throw new Refused("unreadable");
    const start = at;
    at += size;
    if (size === 1) return view.getUint8(start);
    if (size === 2) return view.getUint16(start);
    if (size === 4) return view.getUint32(start);
    const big = view.getBigUint64(start);
    return big <= Number.MAX_SAFE_INTEGER ? Number(big) : big;
  }

  function take(length) {
    if (length > bytes.length - at) throw new Refused("unreadable");
    at += Number(length);
    return bytes.subarray(at - Number(length), at);
  }

  function item(depth) {
    if (depth > 8) throw new Refused("unreadable");
    const first = view.getUint8(at);
    at += 1;
    const major = first >> 5;
    if (major === 7) {
      const simple = { 20: false, 21: true, 22: null };
      if (!((first & 31) in simple)) throw new Refused("unreadable");
      return simple[first & 31];
    }
    const count = argument(first & 31);
    if (major === 0) return count;
    if (major === 1) return typeof count === "bigint" ? -1n - count : -1 - count;
    if (major === 2) return take(count);
    if (major === 3) return new TextDecoder("utf-8", { fatal: true }).decode(take(count));
    if (major === 6) return { tag: count, value: item(depth + 1) };
    if (count > bytes.length) throw new Refused("unreadable");
    if (major === 4) return Array.from({ length: count }, () => item(depth + 1));
    const map = new Map();
    for (let index = 0; index < count; index += 1) {
      const key = item(depth + 1);
      map.set(key, item(depth + 1));
    }
    return map;
  }

  try {
    const value = item(0);
    if (at !== bytes.length) throw new Refused("unreadable");
    return value;
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("unreadable");
  }
}

function head(major, length) {
  if (length < 24) return [(major << 5) | length];
  if (length < 256) return [(major << 5) | 24, length];
  return [(major << 5) | 25, length >> 8, length & 255];
}

function toBeSigned(protectedHeader, body) {
  const context = new TextEncoder().encode("Signature1");
  return Uint8Array.from([
    0x84, ...head(3, context.length), ...context,
    ...head(2, protectedHeader.length), ...protectedHeader,
    0x40,
    ...head(2, body.length), ...body,
  ]);
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function asMap(value) {
  if (!(value instanceof Map)) throw new Refused("unreadable");
  return value;
}

// Returns { payload: Map, retired } or throws Refused.
export async function verifySign1(bytes, jwks, typ) {
  const envelope = cbor(bytes);
  if (!envelope || envelope.tag !== 18) throw new Refused("unsupported");
  const parts = envelope.value;
  const wellFormed = Array.isArray(parts) && parts.length === 4
    && [0, 2, 3].every((place) => parts[place] instanceof Uint8Array)
    && parts[1] instanceof Map && parts[1].size === 0; // it is not under the signature
  if (!wellFormed) throw new Refused("unreadable");
  const [protectedHeader, , body, signature] = parts;
  const header = asMap(cbor(protectedHeader));
  if (header.get(ALG) !== -7 || header.get(TYP) !== typ) throw new Refused("unsupported");
  const kid = header.get(KID);
  const jwk = jwks.keys.find((key) => kid instanceof Uint8Array && key.kid === hex(kid));
  if (!jwk) throw new Refused("unknown_key");
  const { kty, crv, x, y } = jwk;
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
  const good = signature.length === 64
    && await crypto.subtle.verify(algorithm, key, signature, toBeSigned(protectedHeader, body));
  if (!good) throw new Refused("bad_signature");
  return { payload: asMap(cbor(body)), retired: jwk.status === "retired" };
}

const isoDay = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
const bigEndian = (bytes) => bytes.reduce((value, byte) => value * 256 + byte, 0);

// What a certificate of insurance is about: first day, last day, whether all of them are insured.
function statedOf(payload) {
  if (!payload.has(STATED)) return null;
  const told = payload.get(STATED);
  if (!Array.isArray(told) || told.length !== 3 || !told.every(Number.isSafeInteger)) throw new Refused("unreadable");
  const [first, last, continuous] = told;
  return { from_on: isoDay(EPOCH_DAY + first * DAY), to_on: isoDay(EPOCH_DAY + last * DAY), continuous: continuous === 1 };
}

function claimsOf(payload) {
  const document = payload.get(DOCUMENT);
  const known = Array.isArray(document) && Number.isSafeInteger(document[0]) && document[0] in KINDS;
  if (!known) throw new Refused("unsupported");
  const [kind, number, born, from, insurer, name] = document;
  const place = payload.get(CTI);
  const issued = payload.get(IAT);
  const until = payload.has(EXP) ? payload.get(EXP) : null;
  const numbers = [born, from, insurer, issued, until ?? 0];
  const typed = place instanceof Uint8Array && place.length === 5 && numbers.every(Number.isSafeInteger)
    && ["number", "bigint", "string"].includes(typeof number)
    && ["string", "undefined"].includes(typeof name);
  if (!typed) throw new Refused("unreadable");
  return {
    kind: KINDS[kind],
    number: typeof number === "string" ? number : String(number).slice(1),
    born_on: isoDay(EPOCH_DAY + born * DAY),
    valid_from: isoDay(EPOCH_DAY + from * DAY),
    valid_until: until === null ? null : isoDay(until + MOSCOW),
    insurer_code: insurer ? String(insurer).padStart(5, "0") : "",
    status_list: bigEndian(place.subarray(0, 2)),
    status_index: bigEndian(place.subarray(2)),
    issued_at: issued,
    name: name ?? null,
    stated: statedOf(payload),
    starts_at: EPOCH_DAY + from * DAY - MOSCOW,
    ends_at: until,
  };
}

function termReason(claims, now) {
  if (now < claims.starts_at) return "not_yet";
  if (claims.ends_at !== null && now >= claims.ends_at) return "expired";
  return "valid";
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const plain = new Uint8Array(await new Response(stream).arrayBuffer());
  if (plain.length > MAX_LIST) throw new Refused("unreadable");
  return plain;
}

// Returns { listId, packed, issuedAt, ttl } or throws Refused.
export async function statusList(bytes, jwks) {
  const { payload } = await verifySign1(bytes, jwks, STATUS_LIST_TYPE);
  const list = asMap(payload.get(LIST));
  if (list.get("bits") !== 2) throw new Refused("unsupported");
  return {
    listId: Number(String(payload.get(SUB)).split("/").pop()),
    packed: await inflate(list.get("lst")),
    issuedAt: payload.get(IAT),
    ttl: payload.get(TTL),
  };
}

function statusReason(list, index) {
  const byte = list.packed[index >> 2] ?? 0;
  return BY_STATUS[(byte >> ((index & 3) * 2)) & 3];
}

// The verdict on a token at `now` (seconds); `loadList(id)` gives a checked list or null.
export async function verify(token, jwks, now, loadList) {
  try {
    const { payload, retired } = await verifySign1(base32(token), jwks, undefined);
    const claims = claimsOf(payload);
    const found = await loadList(claims.status_list).catch(() => null);
    const list = found && found.listId === claims.status_list ? found : null;
    const byStatus = list ? statusReason(list, claims.status_index) : "valid";
    const reason = byStatus === "valid" ? termReason(claims, now) : byStatus;
    const age = list ? now - list.issuedAt : null;
    return { reason, claims, retired, statusAt: list?.issuedAt ?? null, stale: list ? age > list.ttl : false };
  } catch (error) {
    return { reason: error instanceof Refused ? error.reason : "unreadable", claims: null };
  }
}
