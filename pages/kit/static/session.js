// A page with somebody's data empties itself when its session ends: here by the time, also without the network; in another
// tab by signing out; elsewhere by the server, which is asked when the page is looked at and once a minute.

const LOOK_MS = 1_000;
const ASK_MS = 60_000;
const { left, leave: way, check } = document.querySelector("meta[name='session']").dataset;
const tabs = new BroadcastChannel("anpei-session");
const until = Date.now() + Number(left) * 1000; // by what is left, since the browser's clock may be off
let asked = Date.now();

function leave() {
  document.body.replaceChildren(); // first: the page that we go to may be out of reach
  document.title = "";
  clearInterval(looking);
  location.replace(way);
}

async function look({ now = false } = {}) {
  if (Date.now() >= until) {
    leave();
  } else if (check && (now || Date.now() - asked >= ASK_MS)) {
    asked = Date.now();
    try {
      const answer = await fetch(check, { headers: { accept: "application/json" } });
      if (answer.status === 401) leave();
    } catch {
      // The network is away: the time is kept here.
    }
  }
}

const looking = setInterval(look, LOOK_MS);
tabs.addEventListener("message", ({ data }) => { if (data === way) leave(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) look({ now: true }); });
window.addEventListener("pageshow", ({ persisted }) => { if (persisted) look({ now: true }); });
for (const form of document.querySelectorAll("form[data-ends-session]")) {
  form.addEventListener("submit", () => tabs.postMessage(way));
}
