// Reads a QR code in one picture, beside the page, so that the page never waits; answers its text, or "".
import decode from "./qr-decode.js";

addEventListener("message", ({ data: picture }) => {
  let text = "";
  try {
    text = decode(picture);
  } catch {
    text = ""; // most pictures show no code yet
  }
  postMessage(text);
});
