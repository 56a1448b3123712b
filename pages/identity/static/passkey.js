// The browser's own dialogue for passkeys: asks our server for options, and brings it the answer.

const card = document.querySelector("[data-passkey]");
const show = (name, on) => { card.querySelector(`[data-${name}]`).hidden = !on; };

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const call = async (path, body = "") => {
  const headers = { "X-CSRF": card.dataset.csrf, "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
};

const known = (list) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

// What has bytes in it, made ready for the browser; and its answer, made ready for JSON.
const create = async (options) => {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  const { clientDataJSON, attestationObject } = made.response;
  return { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), made };
};

const get = async (options) => {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: known(options.allowCredentials),
  };
  const made = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
  return {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
    made,
  };
};

const begin = async () => {
  show("failed", false);
  try {
    const options = await call("/identity/passkey/options");
    const { made, ...response } = await (card.dataset.passkey === "create" ? create : get)(options);
    const answer = { id: made.id, rawId: text(made.rawId), type: made.type, response };
    const { next } = await call("/identity/passkey", JSON.stringify(answer));
    location.assign(next);
  } catch (error) {
    console.info("passkey", error.name);
    show("failed", true);
  }
};

// The page comes with its button off: a press before this script is here would be lost.
if (window.PublicKeyCredential) {
  const button = card.querySelector("[data-begin]");
  button.addEventListener("click", begin);
  button.disabled = false;
} else {
  show("unknown", true);
}
