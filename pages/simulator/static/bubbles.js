// Messages as the two messengers draw them: "in" went in to Anpei, "out" came from it. Text is only ever set as text.

import { texts } from "./texts.js";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const WITHOUT_WORDS = new Set(["voice", "sticker", "contact"]);

function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A message row. `press` is called with the inline button a customer taps. */
export function drawMessage(kind, event, press) {
  const row = make("div", `message ${event.kind === "in" ? "is-mine" : "is-theirs"}`);
  if (event.message_id != null) row.dataset.message = event.message_id;
  const bubble = make("div", "bubble is-new"); // it arrives once: not again when its thread is shown again
  bubble.addEventListener("animationend", () => bubble.classList.remove("is-new"), { once: true });
  bubble.append(make("span", "unseen", `${texts[`said.${event.kind}`]}: `));
  if (event.media_url) bubble.append(photo(event.media_url));
  if (WITHOUT_WORDS.has(event.what)) bubble.append(make("p", "what", texts[`what.${event.what}`]));
  if (event.text) bubble.append(make("p", "words", event.text));
  bubble.append(meta(event));
  row.append(bubble);
  if (event.buttons?.length) row.append(keyboard(event.buttons, press));
  return row;
}

function photo(url) {
  const image = make("img", "photo");
  image.src = new URL(url, location.href).pathname; // the stand-in's public address may not be this page's
  image.alt = texts["photo.alt"];
  return image;
}

function meta(event) {
  const line = make("p", "meta");
  const at = event.at ? new Date(event.at) : new Date();
  line.append(make("span", "time", clock.format(at)));
  // The customer's own has arrived, unless a status says otherwise; of an answer the provider will tell.
  line.append(event.kind === "in" ? tick("delivered") : make("span", "tick"));
  return line;
}

function tick(status) {
  const mark = make("span", `tick tick-${status}`, { sent: "✓", delivered: "✓✓" }[status] ?? "!");
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", texts[`tick.${status}`] ?? status);
  return mark;
}

/** Show what the provider reported of a message. */
export function drawStatus(log, { message_id, status }) {
  const place = log.querySelector(`[data-message="${CSS.escape(String(message_id))}"] .tick`);
  if (place && status in { sent: 1, delivered: 1, undelivered: 1, failed: 1 }) place.replaceWith(tick(status));
}

function keyboard(rows, press) {
  const grid = make("div", "buttons");
  for (const row of rows) {
    const line = make("div", "button-row");
    for (const button of row) {
      const key = make("button", "key", button.text);
      key.type = "button";
      key.addEventListener("click", () => press(button));
      line.append(key);
    }
    grid.append(line);
  }
  return grid;
}
