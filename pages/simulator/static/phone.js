// One phone: a thread for each customer (append-only, drawn from events), a composer, and what its messenger can do.

import { drawMessage, drawStatus } from "./bubbles.js";
import { base64, sample, shrink } from "./photos.js";
import { texts } from "./texts.js";


export class Phone {
  constructor(element) {
    this.kind = element.dataset.phone;
    this.element = element;
    this.logs = element.querySelector(".logs");
    this.form = element.querySelector("form");
    this.text = this.form.elements.text;
    this.attach = element.querySelector(".attach");
    this.pending = element.querySelector(".pending");
    this.problem = element.querySelector(".phone-problem");
    this.chip = element.querySelector(".code-chip");
    this.contact = element.querySelector(".contact-button");
    this.customer = null;
    this.photo = null; // data URL
    this.threads = new Map(); // customer's phone → {log, asksContact}
    this.#listen();
    this.#clock();
  }

  /** Show another customer's phone. */
  become(customer) {
    this.customer = customer;
    const { log } = this.#thread(customer);
    for (const other of this.logs.children) other.hidden = other !== log;
    this.#drop();
    this.chip.hidden = true;
    this.#showContact();
    this.toBottom();
  }

  /** Draw an event of `owner`'s phone. */
  receive(event, owner) {
    if (!owner) return;
    const thread = this.#thread(owner);
    if (event.kind === "status") {
      drawStatus(thread.log, event);
    } else if (event.kind === "buttons_cleared") {
      thread.log.querySelector(`[data-message="${CSS.escape(String(event.message_id))}"] .buttons`)?.remove();
    } else {
      if (event.kind === "in") thread.stuck = true;
      thread.log.querySelector(".empty")?.remove();
      thread.log.append(drawMessage(this.kind, event, (button) => this.#press(event, button)));
      if (event.kind === "out") thread.asksContact = Boolean(event.ask_contact);
      this.#follow(thread);
    }
    this.#showContact();
  }

  compose(text) {
    this.text.value = text;
    this.#grow();
    this.text.focus();
  }

  /** As phones do: a code that just came in by SMS is one tap away. */
  offerCode(code, forMs) {
    this.chip.textContent = texts["code.fill"].replace("{code}", code);
    this.chip.dataset.code = code;
    this.chip.hidden = false;
    clearTimeout(this.chipTimer);
    this.chipTimer = setTimeout(() => { this.chip.hidden = true; }, forMs);
  }

  /** A code that `text` has used isn't offered again. */
  withdrawCode(text) {
    if (this.chip.dataset.code && text.includes(this.chip.dataset.code)) this.chip.hidden = true;
  }

  toBottom() {
    const log = this.customer && this.#thread(this.customer).log;
    if (log) log.scrollTop = log.scrollHeight;
  }

  /** Keep the end of a thread in view, unless its reader has scrolled up. */
  #follow({ log, stuck }) {
    if (stuck) log.scrollTop = log.scrollHeight;
  }

  #thread(customer) {
    if (!this.threads.has(customer)) {
      const log = document.createElement("div");
      log.className = "log";
      log.setAttribute("role", "log");
      log.setAttribute("aria-label", texts[`${this.kind}.thread`]);
      log.tabIndex = 0;
      log.hidden = customer !== this.customer;
      log.append(this.#empty());
      this.logs.append(log);
      const thread = { log, asksContact: false, stuck: true };
      this.threads.set(customer, thread);
      log.addEventListener("scroll", () => { thread.stuck = log.scrollHeight - log.scrollTop - log.clientHeight < 60; });
      log.addEventListener("load", () => this.#follow(thread), true); // a photo arrived, and takes its height
      new ResizeObserver(() => this.#follow(thread)).observe(log);
    }
    return this.threads.get(customer);
  }

  #empty() {
    const empty = document.createElement("div");
    empty.className = "empty";
    const words = document.createElement("p");
    words.textContent = texts[`${this.kind}.empty`];
    empty.append(words);
    if (this.kind === "telegram") {
      const start = document.createElement("button");
      start.type = "button";
      start.className = "start";
      start.textContent = texts["telegram.start"];
      start.addEventListener("click", () => this.#post("text", { text: "/start" }));
      empty.append(start);
    }
    return empty;
  }

  #showContact() {
    if (this.contact) this.contact.hidden = !(this.customer && this.#thread(this.customer).asksContact);
  }

  async #press({ message_id }, { callback_data }) {
    await this.#post("press", { message_id, callback_data });
  }

  /** Hand something to the channel. True once the webhook took it; what is shown comes back as an event. */
  async #post(what, body) {
    const path = this.kind === "sms" ? "/simulator/phones/sms" : `/simulator/phones/telegram/${what}`;
    let ok = false;
    try {
      const answer = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ customer_phone: this.customer, ...body }),
      });
      ok = answer.ok;
    } catch {
      ok = false;
    }
    this.#say(ok ? "" : texts["problem.send"]);
    return ok;
  }

  async #send() {
    const text = this.text.value.trim();
    if (!this.customer || this.sending || (!text && !this.photo)) return;
    this.sending = true;
    const body = this.photo ? { text, photo_base64: base64(this.photo) } : { text };
    const ok = await this.#post(this.photo ? "photo" : "text", body);
    this.sending = false;
    if (!ok) return;
    this.chip.hidden = true;
    this.text.value = "";
    this.#grow();
    this.#drop();
  }

  #say(problem) {
    this.problem.textContent = problem;
    this.problem.hidden = problem === "";
  }

  async #hold(photo) {
    this.attach.open = false;
    try {
      this.photo = await photo;
      this.#say("");
    } catch {
      this.photo = null;
      this.#say(texts["problem.photo"]);
    }
    this.pending.hidden = this.photo === null;
    if (this.photo) this.pending.querySelector("img").src = this.photo;
    this.#grow();
    this.text.focus();
  }

  #drop() {
    this.photo = null;
    this.pending.hidden = true;
    this.form.querySelector("input[type=file]").value = "";
    this.#grow();
  }

  #grow() {
    this.element.classList.toggle("is-empty", this.text.value.trim() === "" && this.photo === null);
  }

  #clock() {
    const clock = new Intl.DateTimeFormat("en-GB", { hour: "numeric", minute: "2-digit" });
    const tick = () => { this.element.querySelector(".phone-clock").textContent = clock.format(new Date()); };
    tick();
    setInterval(tick, 10_000);
  }

  #listen() {
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#send(); });
    this.text.addEventListener("input", () => this.#grow());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.#send();
      }
    });
    for (const button of this.element.querySelectorAll("[data-sample]")) {
      button.addEventListener("click", () => this.#hold(sample(button.dataset.sample)));
    }
    this.form.querySelector("input[type=file]").addEventListener("change", ({ target }) => {
      if (target.files[0]) this.#hold(shrink(target.files[0]));
    });
    this.element.querySelector("[data-do=remove]").addEventListener("click", () => this.#drop());
    this.element.querySelector("[data-do=voice]")?.addEventListener("click", () => this.#post("voice", {}));
    this.element.querySelector("[data-do=sticker]")?.addEventListener("click", () => this.#post("sticker", {}));
    this.contact?.addEventListener("click", () => this.#post("contact", {}));
    this.chip.addEventListener("click", () => {
      this.chip.hidden = true;
      this.compose(this.chip.dataset.code);
    });
    // A menu closes like every menu: by Escape, or by a click elsewhere.
    this.element.addEventListener("keydown", (event) => { if (event.key === "Escape") this.attach.open = false; });
    document.addEventListener("click", (event) => { if (!this.attach.contains(event.target)) this.attach.open = false; });
  }
}
