// One conversation: lines as they come, who holds it, and a composer that won't talk past the customer.

import { openStream } from "/static/kit/stream.js";
import { checkSession, liveSign } from "./live.js";
import { showTimes } from "./times.js";

const root = document.getElementById("conversation");
const thread = document.getElementById("thread");
const composer = document.getElementById("composer");
const handBack = document.getElementById("hand-back");
const box = document.getElementById("reply");
const send = document.getElementById("send");
const guard = document.getElementById("guard");
const guardWords = document.getElementById("guard-words");
const haveRead = document.getElementById("have-read");

// The last line seen when the agent began to write; null while nothing is written.
let beganAfter = null;

const slots = () => [...thread.querySelectorAll(".slot")];
const lastPosition = () => Number(slots().at(-1)?.dataset.position ?? 0);
const firstOpen = () => Number(thread.querySelector(".slot[data-open]")?.dataset.position ?? 0);
const atBottom = () => thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
const toBottom = () => { thread.scrollTop = thread.scrollHeight; };

function showLine({ position, author, open, html }) {
  const follow = atBottom();
  let slot = thread.querySelector(`.slot[data-position="${position}"]`);
  const isNew = slot === null;
  if (isNew) {
    slot = document.createElement("div");
    slot.className = "slot";
    slot.dataset.position = position;
    slot.dataset.author = author;
    thread.append(slot);
  }
  slot.toggleAttribute("data-open", open);
  slot.innerHTML = html; // rendered and escaped by our own server
  showTimes(slot);
  if (follow) toBottom();
  if (isNew && author === "customer" && beganAfter !== null && position > beganAfter) warn("newMessage", true);
}

function warn(words, canRead) {
  guardWords.textContent = composer.dataset[words];
  haveRead.hidden = !canRead;
  send.disabled = canRead;
  guard.hidden = false;
}

function calm() {
  guard.hidden = true;
  send.disabled = false;
}

box.addEventListener("input", () => {
  if (box.value.trim() === "") {
    beganAfter = null;
    calm();
  } else {
    beganAfter ??= lastPosition();
  }
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && !send.disabled) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

haveRead.addEventListener("click", () => {
  beganAfter = lastPosition();
  calm();
  box.focus();
});

composer.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (box.value.trim() === "" || send.disabled) return;
  const body = new FormData(composer);
  body.set("after_position", beganAfter ?? lastPosition());
  send.disabled = true;
  let answer;
  try {
    answer = await fetch(composer.action, { method: "POST", body, headers: { accept: "application/json" } });
  } catch {
    send.disabled = false;
    warn("lost", false);
    return;
  }
  send.disabled = false;
  if (answer.ok) {
    box.value = "";
    beganAfter = null;
    calm();
    toBottom();
    box.focus();
  } else {
    await notSent(answer);
  }
});

async function notSent(answer) {
  if (answer.status === 401) {
    location.assign("/desk/login");
    return;
  }
  const { code } = await answer.json().catch(() => ({ code: "lost" }));
  if (code === "new_message") warn("newMessage", true);
  else if (code === "not_yours" || code === "not_found") warn("notYours", false);
  else warn(answer.status === 422 ? "invalid" : "lost", false);
}

// A line is marked without leaving the page: what the agent is writing stays.
document.getElementById("flag").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { currentTarget: form, submitter } = event;
  const body = new FormData(form, submitter); // before it is disabled: a disabled button sends nothing
  submitter.disabled = true;
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  if (!answer?.ok) {
    submitter.disabled = false;
    warn("lost", false);
    return;
  }
  const told = document.createElement("span");
  told.className = "flagged";
  told.setAttribute("role", "status");
  told.textContent = form.dataset.flagged;
  submitter.replaceWith(told);
});

// The thread shrinks when the composer grows: what was in view at its end stays in view.
let stuck = true;
thread.addEventListener("scroll", () => { stuck = atBottom(); });
new ResizeObserver(() => { if (stuck) toBottom(); }).observe(thread);
thread.addEventListener("load", () => { if (stuck) toBottom(); }, true); // a photo arrived, and takes its height

/** Refused: signed out, or the hand-off ended while this page slept. Its page says which. */
async function refused() {
  await checkSession();
  const answer = await fetch(location.href, { headers: { accept: "application/json" } }).catch(() => null);
  if (answer?.status === 404) location.reload();
}

toBottom();
const stream = openStream({
  url: () => `/desk/handoffs/${root.dataset.handoff}/stream?` + new URLSearchParams({
    after: lastPosition(),
    open_from: firstOpen(),
    context: root.dataset.context,
    state: root.dataset.state,
  }),
  silenceMs: 20_000,
  state: liveSign(),
  refused,
  on: {
    line: showLine,
    context({ digest, html }) {
      root.dataset.context = digest;
      const panel = document.getElementById("context");
      const opened = [...panel.querySelectorAll("details[open] .number")].map((number) => number.textContent);
      panel.innerHTML = html; // rendered and escaped by our own server
      showTimes(panel);
      for (const details of panel.querySelectorAll("details")) {
        details.open = opened.includes(details.querySelector(".number").textContent);
      }
    },
    state({ digest, html, mine, ended }) {
      root.dataset.state = digest;
      document.getElementById("state").innerHTML = html; // rendered and escaped by our own server
      composer.hidden = !mine;
      handBack.hidden = !mine;
      if (ended) stream.close();
    },
  },
});
