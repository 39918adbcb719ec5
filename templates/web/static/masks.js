// Puts the usual marks into dates, СНИЛС and phones; whatever is pasted is taken as it is and tidied.
const digits = (text) => text.replace(/\D/g, "");
const masks = {
  date: (text) => {
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text.split("-").reverse().join(".");
    const d = digits(text).slice(0, 8);
    return [d.slice(0, 2), d.slice(2, 4), d.slice(4)].filter(Boolean).join(".");
  },
  snils: (text) => {
    const d = digits(text).slice(0, 11);
    return [d.slice(0, 3), d.slice(3, 6), d.slice(6, 9)].filter(Boolean).join("-") + (d.length > 9 ? ` ${d.slice(9)}` : "");
  },
  phone: (text) => {
    let d = digits(text);
    if (text.trim().startsWith("+") && !d.startsWith("7")) return text;
    if (d.startsWith("8") || d.startsWith("7")) d = d.slice(1);
    d = d.slice(0, 10);
    if (!d) return text.trim() === "+" ? "+" : "";
    return "+7 " + [d.slice(0, 3), d.slice(3, 6)].filter(Boolean).join(" ") + (d.length > 6 ? `-${d.slice(6, 8)}` : "") + (d.length > 8 ? `-${d.slice(8)}` : "");
  },
  unit: (text) => { const d = digits(text).slice(0, 6); return d.length > 3 ? `${d.slice(0, 3)}-${d.slice(3)}` : d; },
};
for (const input of document.querySelectorAll("[data-mask]")) {
  const mask = masks[input.dataset.mask];
  input.addEventListener("input", (event) => {
    // While one deletes or types in the middle, the caret must not jump.
    if (event.inputType?.startsWith("delete") || input.selectionStart !== input.value.length) return;
    const tidied = mask(input.value);
    if (tidied !== input.value) input.value = tidied;
  });
  input.addEventListener("change", () => { input.value = mask(input.value); });
}
