// Checks a receipt (C2SP tlog-proof@v1 over an RFC 9162 tree) with nothing but the browser's own cryptography.
// Every function throws a Problem whose `key` names what does not hold.

export class Problem extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

const FIRST_LINE = "c2sp.org/tlog-proof@v1";
const utf8 = new TextEncoder();

function bytes(base64) {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    throw new Problem("unreadable");
  }
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

const same = (one, other) => one.length === other.length && one.every((value, at) => value === other[at]);
const sha256 = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));
const nodeHash = (left, right) => sha256(joined(Uint8Array.of(1), left, right));

// {index, path, note, payload, salt, since: Map(size → proof)}; hashes are Uint8Arrays, sizes BigInts.
export function readReceipt(text) {
  const end = text.indexOf("\n\n");
  const lines = text.slice(0, end).split("\n");
  if (end < 0 || lines[0] !== FIRST_LINE || !/^extra \S+$/.test(lines[1]) || !/^index (0|[1-9]\d*)$/.test(lines[2] ?? "")) {
    throw new Problem("unreadable");
  }
  try {
    const extra = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes(lines[1].slice(6))));
    return {
      index: BigInt(lines[2].slice(6)),
      path: lines.slice(3).map(bytes),
      note: text.slice(end + 2),
      payload: String(extra.payload),
      salt: bytes(extra.salt),
      since: new Map(extra.since.map((each) => [String(each.size), each.proof.map(bytes)])),
    };
  } catch {
    throw new Problem("unreadable");
  }
}

// {name, id, key}: `<name>+<key id>+<base64>`, an Ed25519 key of a log.
export async function readKey(text) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim()) ?? [];
  if (!name) throw new Problem("key");
  const raw = bytes(encoded);
  const own = (await sha256(joined(utf8.encode(`${name}\n`), raw))).slice(0, 4);
  if (raw.length !== 33 || raw[0] !== 1 || own.some((value, at) => value !== parseInt(id.slice(at * 2, at * 2 + 2), 16))) {
    throw new Problem("key");
  }
  try {
    return { name, id: own, key: await crypto.subtle.importKey("raw", raw.slice(1), "Ed25519", false, ["verify"]) };
  } catch {
    throw new Problem("browser");
  }
}

// {size, root} of a checkpoint that the log's key signed.
export async function openCheckpoint(note, log) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0) throw new Problem("unreadable");
  const text = note.slice(0, end + 1);
  let signed = false;
  for (const line of note.slice(end + 2).split("\n").filter(Boolean)) {
    const [, name, encoded] = /^— (\S+) (\S+)$/.exec(line) ?? [];
    if (!name) throw new Problem("unreadable");
    const raw = bytes(encoded);
    if (name !== log.name || !same(raw.slice(0, 4), log.id)) continue;
    if (!(await crypto.subtle.verify("Ed25519", log.key, raw.slice(4), utf8.encode(text)))) throw new Problem("signature");
    signed = true;
  }
  const [origin, size, root] = text.split("\n");
  if (!signed || origin !== log.name) throw new Problem("signature");
  if (!/^(0|[1-9]\d*)$/.test(size) || bytes(root).length !== 32) throw new Problem("unreadable");
  return { size: BigInt(size), root: bytes(root) };
}

// For each step of a proof: is the sibling on the left? Null where the proof is too long or too short.
function sides(here, last, steps) {
  const found = [];
  for (let step = 0; step < steps; step += 1) {
    if (last === 0n) return null;
    const left = (here & 1n) === 1n || here === last;
    while (left && (here & 1n) === 0n && here > 0n) {
      here >>= 1n;
      last >>= 1n;
    }
    found.push(left);
    here >>= 1n;
    last >>= 1n;
  }
  return last === 0n ? found : null;
}

async function checkInclusion(receipt, checkpoint) {
  const commitment = await sha256(joined(receipt.salt, utf8.encode(receipt.payload)));
  let value = await sha256(joined(Uint8Array.of(0), commitment));
  const left = receipt.index < checkpoint.size ? sides(receipt.index, checkpoint.size - 1n, receipt.path.length) : null;
  if (!left || receipt.salt.length !== 32 || receipt.path.some((step) => step.length !== 32)) throw new Problem("inclusion");
  for (const [at, step] of receipt.path.entries()) {
    value = await (left[at] ? nodeHash(step, value) : nodeHash(value, step));
  }
  if (!same(value, checkpoint.root)) throw new Problem("inclusion");
}

export async function checkConsistency(older, newer, proof) {
  if (older.size === newer.size) {
    if (!same(older.root, newer.root)) throw new Problem("consistency");
    return;
  }
  if (!proof?.length || older.size === 0n || older.size > newer.size) throw new Problem("consistency");
  let shift = 0n;
  while (((older.size >> shift) & 1n) === 0n) shift += 1n;
  const rest = [...proof];
  const first = older.size === 1n << shift ? older.root : rest.shift();
  const left = sides((older.size - 1n) >> shift, (newer.size - 1n) >> shift, rest.length);
  if (!left) throw new Problem("consistency");
  let [fromOlder, fromNewer] = [first, first];
  for (const [at, step] of rest.entries()) {
    if (left[at]) fromOlder = await nodeHash(step, fromOlder);
    fromNewer = await (left[at] ? nodeHash(step, fromNewer) : nodeHash(fromNewer, step));
  }
  if (!same(fromOlder, older.root) || !same(fromNewer, newer.root)) throw new Problem("consistency");
}

// {event, index, size}: what the receipt proves.
export async function verify(text, keyText) {
  const log = await readKey(keyText);
  const receipt = readReceipt(text);
  const checkpoint = await openCheckpoint(receipt.note, log);
  await checkInclusion(receipt, checkpoint);
  return { event: JSON.parse(receipt.payload), index: receipt.index, checkpoint, since: receipt.since };
}

export async function verifyBoth(text, olderText, keyText) {
  const newer = await verify(text, keyText);
  let older;
  try {
    older = await verify(olderText, keyText);
  } catch {
    throw new Problem("older");
  }
  await checkConsistency(older.checkpoint, newer.checkpoint, newer.since.get(String(older.checkpoint.size)));
  return newer;
}
