// Saves a step while one types and shows the mistakes by field as the server finds them.
for (const form of document.querySelectorAll("[data-autosave]")) {
  const told = form.querySelector("[data-saved]");
  const touched = new Set();
  let timer = 0, running = false, again = false;

  const show = (errors) => {
    for (const box of form.querySelectorAll("[data-field]")) {
      const path = box.dataset.field;
      if (!touched.has(path)) continue;
      const input = box.querySelector("input, select"), line = box.querySelector("[data-error]");
      if (!line || input === document.activeElement) continue;
      line.textContent = errors[path] || "";
      line.hidden = !errors[path];
      if (errors[path]) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
    }
  };
  const save = async () => {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)),
      });
      const body = await answer.json();
      if (answer.ok) { told.textContent = body.saved; show(body.errors); }
      else told.textContent = answer.status === 401 ? "Сеанс закончился: введённое сохранится после входа" : body.detail;
    } catch {
      told.textContent = "Нет связи: введённое сохраним, когда она появится";
      timer = setTimeout(save, 5000);
    }
    running = false;
    if (again) { again = false; save(); }
  };
  form.addEventListener("input", (event) => {
    touched.add(event.target.name);
    clearTimeout(timer);
    timer = setTimeout(save, 900);
  });
  form.addEventListener("focusout", () => { clearTimeout(timer); timer = setTimeout(save, 150); });
}
