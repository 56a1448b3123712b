// A live stream that never loses its place: the cursor is in the URL of each connection, not in the browser's memory
// of the last one, so sleep, a dead network or a restarted server only cost time.

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/**
 * @param {object} options
 * @param {() => string} options.url          URL to connect to now, cursor included
 * @param {Record<string, (data: any) => void>} options.on  handler by event name; data is parsed JSON
 * @param {(state: "live" | "catching_up") => void} options.state
 * @param {number} [options.silenceMs]        reconnect after so long without any event; 0: the server sends no beats
 * @param {() => void} [options.refused]      the server answered, and it wasn't a stream (signed out, gone)
 * @returns {{close: () => void}}
 */
export function openStream({ url, on, state, silenceMs = 0, refused = () => {} }) {
  let source = null;
  let retry = null;
  let wait = FIRST_WAIT_MS;
  let lastHeard = 0;
  let closed = false;

  function connect() {
    clearTimeout(retry);
    source?.close();
    if (closed) return;
    lastHeard = Date.now();
    source = new EventSource(url());
    source.onopen = () => { heard(); if (silenceMs === 0) state("live"); };
    source.onerror = () => {
      const fatal = source.readyState === EventSource.CLOSED;
      later();
      if (fatal) refused();
    };
    for (const [name, handler] of Object.entries(on)) {
      source.addEventListener(name, (event) => {
        heard();
        handler(JSON.parse(event.data));
      });
    }
    // The first beat comes after everything the cursor had missed.
    if (silenceMs > 0) source.addEventListener("beat", () => { heard(); state("live"); });
  }

  function heard() {
    lastHeard = Date.now();
    wait = FIRST_WAIT_MS;
  }

  function later() {
    source?.close();
    state("catching_up");
    clearTimeout(retry);
    // Jitter, so that a restarted server isn't met by every desk in the same instant.
    retry = setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  function awake() {
    if (document.visibilityState === "hidden" || closed) return;
    const asleep = silenceMs > 0 && Date.now() - lastHeard > silenceMs;
    if (asleep || source?.readyState !== EventSource.OPEN) {
      state("catching_up");
      connect();
    }
  }

  document.addEventListener("visibilitychange", awake);
  addEventListener("online", awake);
  addEventListener("pageshow", awake);
  const watchdog = silenceMs > 0 ? setInterval(awake, silenceMs / 2) : null;
  state("catching_up");
  connect();

  return {
    close() {
      closed = true;
      clearTimeout(retry);
      clearInterval(watchdog);
      source?.close();
    },
  };
}
