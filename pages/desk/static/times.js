// Times in the agent's own zone and language. The server writes UTC; this puts it into words.

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const units = Object.fromEntries(["minute", "hour", "day"].map((unit) => [
  unit, new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }),
]));
const LONG_WAIT_MINUTES = 10;

function waited(since) {
  const minutes = Math.max(0, Math.floor((Date.now() - since) / 60_000));
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const parts = [];
  if (days) parts.push(units.day.format(days));
  if (hours) parts.push(units.hour.format(hours));
  if (!days && (minutes % 60 || !hours)) parts.push(units.minute.format(minutes % 60));
  return [parts.join(" "), minutes];
}

/** Put every `<time data-clock|data-moment|data-since>` under `root` into words. */
export function showTimes(root = document) {
  for (const element of root.querySelectorAll("time[data-clock]")) element.textContent = clock.format(new Date(element.dateTime));
  for (const element of root.querySelectorAll("time[data-moment]")) element.textContent = moment.format(new Date(element.dateTime));
  for (const element of root.querySelectorAll("time[data-since]")) {
    const [words, minutes] = waited(new Date(element.dateTime));
    if (element.textContent !== words) element.textContent = words;
    element.classList.toggle("is-long", minutes >= LONG_WAIT_MINUTES);
  }
}

showTimes();
setInterval(showTimes, 15_000);
