// Solves the challenge that the service may set before a public lookup (ALTCHA, version 1), in the browser alone.
const BATCH = 500;
const utf8 = new TextEncoder();

async function hashOf(text) {
  const digest = await crypto.subtle.digest("SHA-256", utf8.encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The text to send as `altcha`: the challenge with its number. Hashing a batch at a time leaves the page alive.
export async function solve({ algorithm, challenge, maxnumber, salt, signature }) {
  for (let first = 0; first <= maxnumber; first += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, maxnumber + 1 - first) }, (_, index) => first + index);
    const hashes = await Promise.all(numbers.map((number) => hashOf(salt + number)));
    const place = hashes.indexOf(challenge);
    if (place >= 0) return btoa(JSON.stringify({ algorithm, challenge, number: numbers[place], salt, signature }));
  }
  throw new Error("no number solves the challenge");
}
