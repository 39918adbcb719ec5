// Shows how far an application is, by its number. The number may come in the fragment, which no server sees.
import { solve } from "./proof.js";

const byId = (id) => document.getElementById(id);
const day = (iso) => iso.split("-").reverse().join(".");

const TONES = { ready: "good", refused: "bad", expired: "bad", withdrawn: "caution", clarification_required: "caution" };

function words(answer) {
  if (answer.is_ready) return "Полис готов. Документы — в личном кабинете.";
  if (answer.is_delayed) return "Ждём ответа государственного реестра. Заявление не отклонено, делать ничего не нужно.";
  return answer.due_on ? `Решение — не позднее ${day(answer.due_on)}.` : "";
}

function show(tone, title, text) {
  byId("answer").hidden = false;
  byId("verdict").dataset.tone = tone;
  byId("title").textContent = title;
  byId("text").textContent = text;
}

async function send(question) {
  const answer = await fetch("v1/readiness-checks", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  });
  return [answer, await answer.json()];
}

async function ask(number) {
  let [answer, body] = await send({ number });
  if (answer.status === 403 && body.challenge) {
    show("wait", "Проверяем запрос", "Это займёт несколько секунд: так сервис защищается от программ.");
    [answer, body] = await send({ number, altcha: await solve(body.challenge) });
  }
  if (answer.ok) return show(TONES[body.state] ?? "wait", body.title, words(body));
  const mend = body.errors?.[0]?.message ?? body.detail ?? body.title;
  return show("caution", body.title, mend);
}

byId("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  try {
    await ask(byId("number").value);
  } catch {
    show("caution", "Нет связи", "Проверьте подключение к интернету и повторите.");
  } finally {
    button.disabled = false;
  }
});

const given = decodeURIComponent(location.hash.slice(1));
if (/^[0-9-]{9,20}$/.test(given)) {
  byId("number").value = given;
  byId("form").requestSubmit();
}
