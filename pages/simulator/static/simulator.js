// The simulator: who you are, two phones, one stream of events that both phones are drawn from.

import { openStream } from "/static/kit/stream.js";
import { Phone } from "./phone.js";
import { texts } from "./texts.js";

const AMOUNTS = { "+1": ["$180", "180美元"], "+44": ["£140", "140英镑"], "+86": ["1200 yuan", "1200元"], "+65": ["S$240", "240新币"] };
const REMEMBERED = "anpei.simulator.customer";
const RETRY_MS = 3000;
const CODE_WORKS_MS = 5 * 60_000;
const opened = Date.now();

const select = document.getElementById("customer");
const problem = document.getElementById("problem");
const live = document.getElementById("live");
const phones = Object.fromEntries(
  [...document.querySelectorAll(".phone")].map((element) => [element.dataset.phone, new Phone(element)]),
);
let customers = [];
let cursor = 0;

async function loadCustomers() {
  try {
    const answer = await fetch("/simulator/customers");
    if (!answer.ok) throw new Error(String(answer.status));
    customers = await answer.json();
  } catch {
    problem.textContent = texts["problem.customers"];
    problem.hidden = false;
    setTimeout(loadCustomers, RETRY_MS);
    return;
  }
  problem.hidden = true;
  select.replaceChildren(...customers.map(({ phone, name }) => new Option(`${name} · ${phone}`, phone)));
  const last = localStorage.getItem(REMEMBERED);
  if (customers.some(({ phone }) => phone === last)) select.value = last;
  select.disabled = false;
  become();
  listen();
}

function become() {
  localStorage.setItem(REMEMBERED, select.value);
  for (const phone of Object.values(phones)) phone.become(select.value);
  for (const button of document.querySelectorAll("[data-starter]")) button.textContent = filled(button);
}

/** A starter line with an amount in the customer's currency. */
function filled({ dataset: { starter, group } }) {
  const prefix = Object.keys(AMOUNTS).find((start) => select.value.startsWith(start)) ?? "+1";
  return starter.replace("{amount}", AMOUNTS[prefix][group === "zh" ? 1 : 0]).replaceAll("{{", "{").replaceAll("}}", "}");
}

/** Whose phone an event is about. */
function owner({ phone, address }) {
  if (phone === "sms") return address;
  return customers.find((customer) => String(customer.telegram_chat_id) === address)?.phone;
}

function receive(event) {
  cursor = Math.max(cursor, event.id);
  const phone = phones[event.phone];
  phone.receive(event, owner(event));
  if (owner(event) !== select.value) return;
  if (event.kind === "in") for (const each of Object.values(phones)) each.withdrawCode(event.text);
  if (event.kind !== "out") return;
  const at = Date.parse(event.at);
  const code = event.phone === "sms" ? codeIn(event.text) : null;
  const left = at + CODE_WORKS_MS - Date.now();
  if (code && left > 0) for (const each of Object.values(phones)) each.offerCode(code, left);
  if (at > opened && document.body.dataset.shown !== event.phone) count(event.phone, 1);
}

/** What a phone would offer to fill in: six digits in a text that speaks of a code. */
function codeIn(text) {
  return /code|验证码/i.test(text) ? (text.match(/(?<!\d)\d{6}(?!\d)/)?.[0] ?? null) : null;
}

function listen() {
  openStream({
    url: () => `/simulator/events?after=${cursor}`,
    state(state) {
      live.dataset.state = state;
      live.textContent = texts[state];
    },
    on: { message: receive },
  });
}

// On a narrow screen one phone shows at a time; the other counts what came in.
function show(name) {
  document.body.dataset.shown = name;
  for (const button of document.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", button.dataset.show === name);
  document.querySelector(`input[name=target][value=${name}]`).checked = true;
  count(name, 0);
  phones[name].toBottom();
}

function count(name, more) {
  const badge = document.querySelector(`[data-show=${name}] .badge`);
  badge.textContent = more ? Number(badge.textContent || 0) + more : "";
  badge.hidden = !more;
}

select.addEventListener("change", become);
for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(button.dataset.show));
for (const input of document.querySelectorAll("input[name=target]")) input.addEventListener("change", () => show(input.value));
for (const button of document.querySelectorAll("[data-starter]")) {
  button.addEventListener("click", () => {
    const target = document.querySelector("input[name=target]:checked").value;
    phones[target].compose(button.textContent);
  });
}
document.getElementById("reset").addEventListener("click", async () => {
  const answer = await fetch("/simulator/reset", { method: "POST" });
  if (answer.ok) location.reload();
});

loadCustomers();
