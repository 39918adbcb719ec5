// Solves the challenge of a form before it is sent, so that nobody can try numbers by the million.
import { solve } from "./proof.js";

for (const form of document.querySelectorAll("form[data-challenge]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (form.dataset.solving) return;
    form.dataset.solving = "yes";
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "altcha";
    field.value = await solve(JSON.parse(form.dataset.challenge));
    form.append(field);
    form.submit();
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    delete form.dataset.solving;
    form.elements.altcha?.remove();
  });
}
