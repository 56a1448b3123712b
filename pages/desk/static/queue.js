// The queue, kept up to date: the whole list is sent again whenever it differs from the one shown.

import { openStream } from "/static/kit/stream.js";
import { checkSession, liveSign } from "./live.js";
import { showTimes } from "./times.js";

const page = document.getElementById("queue");
const list = document.getElementById("queue-list");
const title = document.title;

function countInTitle(waiting) {
  document.title = waiting ? `(${waiting}) ${title}` : title;
}

/** Replace the list, and leave the keyboard where it was. */
function replace(html) {
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  const where = held?.closest("form")?.getAttribute("action") ?? held?.getAttribute("href");
  list.innerHTML = html; // rendered and escaped by our own server
  showTimes(list);
  if (where) list.querySelector(`form[action="${where}"] button, a[href="${where}"]`)?.focus();
}

countInTitle(Number(page.dataset.waiting));
openStream({
  url: () => `/desk/queue/stream?seen=${page.dataset.digest}`,
  silenceMs: 20_000,
  state: liveSign(),
  refused: checkSession,
  on: {
    queue({ digest, waiting, html }) {
      page.dataset.digest = digest;
      replace(html);
      countInTitle(waiting);
    },
  },
});
