// Sends a table by parts and shows how far it is: each part is the same form, and its answers join the others.
const ROWS = 100;

// Splits at the ends of rows; a line break within quotes belongs to its row.
function rowsOf(text) {
  const rows = [];
  let row = "", quoted = false;
  for (const line of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
    row = row ? `${row}\n${line}` : line;
    quoted = (row.match(/"/g) ?? []).length % 2 === 1;
    if (quoted) continue;
    if (row.trim()) rows.push(row);
    row = "";
  }
  if (row.trim()) rows.push(row);
  return rows;
}

function partForm(form, head, rows, as) {
  const body = new FormData(form);
  body.delete("table");
  body.set("as", as);
  body.append("table", new File([[head, ...rows].join("\r\n")], "part.csv", { type: "text/csv" }));
  return body;
}

function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

for (const form of document.querySelectorAll("[data-batch]")) {
  const bar = form.querySelector("progress"), box = form.querySelector("[data-progress]"), told = form.querySelector("[data-told]");
  const most = Number(form.dataset.batch);
  let running = false;

  // The answers of a part as the page or the table has them; the numbers of its rows go on from those before.
  const ask = async (head, rows, as, before) => {
    const answer = await fetch(form.action, { method: "POST", body: partForm(form, head, rows, as) });
    const text = await answer.text();
    if (as === "csv" && answer.ok && answer.headers.get("Content-Type").startsWith("text/csv")) return { text };
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = page.querySelectorAll("[data-answers] tbody tr");
    if (!answer.ok || !found.length) return { refusal: page };
    for (const row of found) row.cells[0].textContent = String(Number(row.cells[0].textContent) + before);
    return { page, rows: found };
  };

  const run = async (file, as) => {
    const [head, ...rows] = rowsOf(await file.text());
    if (rows.length <= ROWS || rows.length > most) return false;
    box.hidden = false;
    bar.max = rows.length;
    let shown = null, table = "";
    for (let done = 0; done < rows.length; done += ROWS) {
      bar.value = done;
      told.textContent = `Проверено ${done} из ${rows.length}`;
      const part = await ask(head, rows.slice(done, done + ROWS), as, done);
      if (part.refusal) { document.querySelector("main").replaceWith(part.refusal.querySelector("main")); return true; }
      if (as === "csv") table += done ? part.text.replace(/^\ufeff?[^\n]*\n/, "") : part.text;
      else if (shown) shown.querySelector("tbody").append(...part.rows);
      else shown = part.page.querySelector("[data-answers]");
    }
    bar.value = rows.length;
    told.textContent = `Готово: проверено ${rows.length}`;
    if (as === "csv") save(table, "polis-answers.csv");
    if (!shown) return true;
    shown.querySelector("h2").textContent = `Ответы: ${rows.length}`;
    document.querySelector("[data-answers]")?.remove();
    form.after(shown);
    return true;
  };

  form.addEventListener("submit", async (event) => {
    const file = form.elements.table.files[0];
    if (!file) return;
    event.preventDefault();
    if (running) return;
    running = true;
    try {
      if (!(await run(file, event.submitter?.value ?? "page"))) {
        const chosen = document.createElement("input");
        Object.assign(chosen, { type: "hidden", name: "as", value: event.submitter?.value ?? "page" });
        form.append(chosen);
        form.submit();
        chosen.remove();
      }
    } catch {
      box.hidden = false;
      told.textContent = "Связь прервалась: файл на месте, отправьте его ещё раз";
    } finally {
      running = false;
    }
  });
}
