// Reads and judges a signed confirmation as visits/booking/tokens.py does, with the browser's own Ed25519 where it has
// one and a small bundled one where it has not.
import { hashes, verify as verifyHere } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

hashes.sha512 = sha512;

/** What the office told this tablet while there was a network. */
export interface Known {
  at: string;
  office: string;
  offices: Record<string, string>;
  keys: Record<string, string>;
  sequences: Record<string, number>;
}

export interface Claim {
  reference: string;
  startsAt: Date;
  endsAt: Date;
  level: number;
}

/** Why a text does not count: the code of the refusal, and what its sentence names. */
export class No extends Error {
  constructor(
    readonly code: string,
    readonly facts: { office?: string; when?: Date } = {},
  ) {
    super(code);
  }
}

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECKS = `${ALPHABET}*~$=U`;
const PREFIX = "V1-";
const PURPOSE = "visits confirmation 1\n";
const HEAD = 20;
const WHOLE = HEAD + 64;
const DIGITS = Math.ceil((WHOLE * 8) / 5);
const LEVELS = 5;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const plain = (text: string): string => text.replace(/\s+/g, "").toUpperCase();

/** Was a whole confirmation typed, rather than a reference? */
export const looksLikeOne = (text: string): boolean => plain(text).length > 20;

function bytes(text: string): Uint8Array {
  const whole = plain(text);
  if (/^V\d/.test(whole) && !whole.startsWith(PREFIX)) throw new No("token-format");
  if (!whole.startsWith(PREFIX)) throw new No("token-unreadable");
  const digits = whole.slice(PREFIX.length).replace(/-/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  if (digits.length !== DIGITS) throw new No("token-unreadable");
  let number = 0n;
  for (const each of digits) {
    const value = ALPHABET.indexOf(each);
    if (value < 0) throw new No("token-unreadable");
    number = number * 32n + BigInt(value);
  }
  const spare = BigInt(DIGITS * 5 - WHOLE * 8);
  if (number & ((1n << spare) - 1n)) throw new No("token-unreadable");
  number >>= spare;
  const packed = new Uint8Array(WHOLE);
  for (let place = WHOLE - 1; place >= 0; place--) {
    packed[place] = Number(number & 255n);
    number >>= 8n;
  }
  return packed;
}

function reference(number: number): string {
  let [body, left] = ["", number];
  for (let digit = 0; digit < 6; digit++) {
    body = ALPHABET[left % 32] + body;
    left = Math.floor(left / 32);
  }
  return `V-${body}-${CHECKS[number % 37]}`;
}

async function signed(body: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>, key: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const told = new TextEncoder().encode(PURPOSE);
  const message = new Uint8Array(told.length + body.length);
  message.set(told);
  message.set(body, told.length);
  try {
    const imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, imported, signature, message);
  } catch {
    // An older browser, or a page without HTTPS.
    return verifyHere(signature, message, key, { zip215: false });
  }
}

const decoded = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

/** What the text says, if it counts here and now; else throws `No` with the reason. */
export async function verify(text: string, known: Known, now: Date): Promise<Claim> {
  const packed = bytes(text) as Uint8Array<ArrayBuffer>;
  const body = packed.slice(0, HEAD);
  const fields = new DataView(body.buffer);
  if (fields.getUint8(0) !== 1) throw new No("token-format");
  const level = fields.getUint8(19);
  if (level >= LEVELS) throw new No("token-altered");
  const key = known.keys[String(fields.getUint8(1))];
  if (!key) throw new No("token-key-unknown");
  if (!(await signed(body, packed.slice(HEAD), decoded(key)))) throw new No("token-altered");
  const office = fields.getUint32(2).toString(16).padStart(8, "0");
  const visit = fields.getUint32(6);
  const startsAt = new Date(fields.getUint32(12) * MINUTE);
  const endsAt = new Date(startsAt.getTime() + fields.getUint16(16) * MINUTE);
  if (office !== known.office) throw new No("token-other-office", { office: known.offices[office] ?? "?" });
  if (fields.getUint16(10) < (known.sequences[String(visit)] ?? 0)) throw new No("token-superseded");
  if (now.getTime() > endsAt.getTime() + fields.getUint8(18) * HOUR) throw new No("token-expired", { when: startsAt });
  return { reference: reference(visit), startsAt, endsAt, level };
}
