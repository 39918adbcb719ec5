// Files dropped, chosen or photographed: straight to the storage, with progress, then the verdict.
// A form may name other types (data-types), another size in MB (data-limit), and where to go then (data-then).
const MEGABYTE = 1024 * 1024;
const BY_NAME = {
  jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", heic: "image/heic", heif: "image/heif", pdf: "application/pdf",
  csv: "text/csv", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};
const PICTURES = ["image/jpeg", "image/png", "image/heic", "image/heif", "application/pdf"];

function typeOf(file, accepted) {
  const named = BY_NAME[file.name.split(".").pop().toLowerCase()];
  return [file.type, named].find((type) => accepted.includes(type));
}

function send(order, file, progress) {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(order.fields)) body.append(name, value);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) progress(100 * event.loaded / event.total); });
    request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(new Error("refused"))));
    request.addEventListener("error", () => reject(new Error("connection")));
    request.open("POST", order.url);
    request.send(body);
  });
}

async function verdict(address) {
  for (let pause = 700; pause < 20000; pause *= 1.4) {
    await new Promise((done) => setTimeout(done, pause));
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    const scan = await answer.json();
    if (scan.state !== "awaiting_upload") return scan;
  }
  return { state: "awaiting_upload", message: "Проверка продолжается. Обновите страницу через минуту" };
}

for (const form of document.querySelectorAll("[data-upload]")) {
  const accepted = form.dataset.types?.split(",") ?? PICTURES;
  const limit = Number(form.dataset.limit ?? 5);
  const chooser = document.createElement("input");
  const bar = form.querySelector("progress"), shown = form.querySelector("[data-progress]"), told = form.querySelector("[data-verdict]");
  const tell = (text, isError) => { told.hidden = false; told.textContent = text; told.className = isError ? "error" : ""; };
  const label = document.createElement("label");
  chooser.type = "file";
  chooser.accept = accepted.concat(Object.keys(BY_NAME).filter((name) => accepted.includes(BY_NAME[name])).map((name) => `.${name}`)).join(",");
  chooser.id = `file-${form.elements.document.value}`;
  label.htmlFor = chooser.id;
  label.textContent = form.dataset.types ? "Перетащите файл сюда или выберите его" : "Перетащите файл сюда, выберите его или снимите документ";
  form.querySelector("[data-with-type]").replaceChildren(label, chooser);
  form.querySelector("button").hidden = true;

  const take = async (file) => {
    const type = typeOf(file, accepted);
    if (!type) return tell(`Этот вид файла не подходит. Нужен ${form.dataset.named ?? "JPG, PNG, HEIC или PDF"}`, true);
    if (file.size > limit * MEGABYTE) return tell(`Файл больше ${limit} МБ. ${form.dataset.types ? "Разделите его на части" : "Уменьшите снимок или отсканируйте с меньшим разрешением"}`, true);
    const asked = new URLSearchParams(new FormData(form));
    asked.set("media_type", type);
    asked.delete("request_key");
    tell("Загружаем…");
    shown.hidden = false;
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: asked });
      const order = await answer.json();
      if (!answer.ok) return tell(order.detail, true);
      await send(order, file, (part) => { bar.value = part; });
      if (form.dataset.then) return location.assign(`${form.dataset.then}${order.scan}`);
      tell("Проверяем…");
      const scan = await verdict(`${form.action}/${order.scan}`);
      if (scan.state === "accepted") return location.reload();
      tell(scan.message || "Файл не подошёл", true);
    } catch {
      tell("Связь прервалась. Выберите файл ещё раз", true);
    } finally {
      shown.hidden = true;
      chooser.value = "";
    }
    return undefined;
  };
  chooser.addEventListener("change", () => { if (chooser.files[0]) take(chooser.files[0]); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
}
