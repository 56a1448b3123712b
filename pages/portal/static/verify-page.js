// The form round verify.js. It calls nobody: the page's policy forbids it.
import { Problem, verify, verifyBoth } from "./verify.js";

const $ = (id) => document.getElementById(id);
const texts = Object.fromEntries([...$("texts").children].map((item) => [item.dataset.key, item.textContent]));

function money(minor, currency) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency });
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function fact(name, value) {
  const row = document.createElement("div");
  const [term, said] = [document.createElement("dt"), document.createElement("dd")];
  term.textContent = name;
  said.textContent = value;
  row.append(term, said);
  return row;
}

function show(kind, verdict, checks, facts) {
  $("result").hidden = false;
  $("verdict").className = `notice ${kind}`;
  $("verdict").textContent = verdict;
  $("checks").replaceChildren(
    ...checks.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }),
  );
  $("event").replaceChildren(...facts);
}

function showGood(found, withOlder) {
  const { data } = found.event;
  const entry = texts.entry.replace("{index}", found.index + 1n).replace("{size}", found.checkpoint.size);
  const checks = [texts.signed, `${texts.included} (${entry})`, ...(withOlder ? [texts.continues] : [])];
  show("good", texts.good, checks, [
    fact(texts.amount, money(data.amount_minor, data.currency)),
    fact(texts.claim, data.claim),
    fact(texts.account, data.account),
    fact(texts.paid_at, new Date(data.paid_at).toLocaleString(document.documentElement.lang)),
  ]);
}

$("verify").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [receipt, older] = [$("receipt").files[0], $("older").files[0]];
  if (!receipt) {
    show("careful", texts.choose, [], []);
    return;
  }
  try {
    const text = await receipt.text();
    const found = older ? await verifyBoth(text, await older.text(), $("key").value) : await verify(text, $("key").value);
    showGood(found, Boolean(older));
  } catch (error) {
    const why = error instanceof Problem ? texts[error.key] : texts.unreadable;
    show("bad", `${texts.bad} ${why}`, [], []);
  }
});
// The page comes with its button off: pressed before this script is here, it would only load the page again.
$("verify").querySelector("button").disabled = false;
