// Reads a code with the camera: by the browser's own reader where it has one, else on a thread beside the page.
// What is read goes to the page as the event «scanned»; pictures leave nowhere.
const WIDTH = 720, PAUSE = 120, PATIENCE = 90000;

async function ownReader() {
  try {
    if (!(await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return null;
    const reader = new BarcodeDetector({ formats: ["qr_code"] });
    return { read: async (video) => (await reader.detect(video))[0]?.rawValue ?? "", close() {} };
  } catch {
    return null;
  }
}

function threadReader() {
  const thread = new Worker(new URL("scan-worker.js", import.meta.url), { type: "module" });
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d", { willReadFrequently: true });
  const read = (video) => new Promise((resolve, reject) => {
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.round(canvas.width * video.videoHeight / video.videoWidth);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    thread.onmessage = (event) => resolve(event.data);
    thread.onerror = () => reject(new Error("reader"));
    thread.postMessage({ data, width: canvas.width, height: canvas.height }, [data.buffer]);
  });
  return { read, close: () => thread.terminate() };
}

const REFUSALS = {
  NotAllowedError: "Браузеру не разрешена камера. Разрешите её в настройках страницы или введите номер",
  NotFoundError: "Камеры не нашлось. Введите номер или подключите сканер",
  NotReadableError: "Камера занята другой программой. Закройте её и попробуйте снова",
};

function scan(box) {
  const part = (name) => box.querySelector(`[data-scan-${name}]`);
  const video = part("video");
  let stream = null, run = 0;
  const tell = (text) => { part("told").textContent = text; };
  const stop = () => {
    run += 1;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    video.srcObject = null;
    part("view").hidden = true;
    part("start").hidden = false;
  };
  const look = async (mine) => {
    const reader = (await ownReader()) ?? threadReader();
    const until = Date.now() + PATIENCE;
    try {
      while (mine === run && Date.now() < until) {
        const text = video.videoWidth ? await reader.read(video) : "";
        if (mine !== run) return;
        if (text) {
          stop();
          tell("Код прочитан");
          box.dispatchEvent(new CustomEvent("scanned", { detail: text, bubbles: true }));
          return;
        }
        await new Promise((done) => { setTimeout(done, PAUSE); });
      }
      if (mine === run) { stop(); tell("Код не прочитался. Поднесите его ближе, уберите блики или введите номер"); }
    } catch {
      stop();
      tell("Чтение кода не запустилось. Введите номер");
    } finally {
      reader.close();
    }
  };
  part("start").addEventListener("click", async () => {
    stop();
    const mine = run;
    tell("Включаем камеру…");
    try {
      const given = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 } } });
      if (mine !== run) { given.getTracks().forEach((track) => track.stop()); return; }
      stream = given;
      part("view").hidden = false;
      part("start").hidden = true;
      video.srcObject = stream;
      await video.play();
      part("stop").focus();
      tell("Наведите камеру на QR-код");
      look(mine);
    } catch (refusal) {
      stop();
      tell(REFUSALS[refusal.name] ?? "Камера не включилась. Введите номер");
    }
  });
  part("stop").addEventListener("click", () => { stop(); tell(""); part("start").focus(); });
  addEventListener("pagehide", stop);
  document.addEventListener("visibilitychange", () => { if (document.hidden && stream) { stop(); tell(""); } });
  box.hidden = false;
}

// In a form the code is the answer to its field and the form goes; a page of its own listens by itself.
for (const box of document.querySelectorAll("[data-camera]")) {
  if (navigator.mediaDevices?.getUserMedia) scan(box);
  const form = box.closest("form"), field = form?.elements[box.dataset.camera];
  if (field) box.addEventListener("scanned", (event) => { field.value = event.detail; form.requestSubmit(); });
}
