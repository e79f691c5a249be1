// Wishes kept in this device (IndexedDB) until the network is back. Each has its key before it is first sent, so that
// whatever is sent again is booked once.

export interface Wish {
  key: string;
  person: string;
  visit: string;
  title: string;
  wishes: string[];
  labels: string[];
  insteadOf: string;
  state: "waiting" | "signin" | "booked" | "refused";
  said: string;
}

const STORE = "wishes";
const PATIENCE = 30_000;

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("visits-wishes", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function run<T>(mode: IDBTransactionMode, deed: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  return new Promise((done, failed) => {
    const step = database.transaction(STORE, mode);
    const asked = deed(step.objectStore(STORE));
    step.oncomplete = () => {
      database.close();
      done(asked.result);
    };
    step.onabort = step.onerror = () => {
      database.close();
      failed(step.error);
    };
  });
}

export const all = (): Promise<Wish[]> => run("readonly", (store) => store.getAll() as IDBRequest<Wish[]>);
export const keep = (wish: Wish): Promise<unknown> => run("readwrite", (store) => store.put(wish));
export const drop = (key: string): Promise<unknown> => run("readwrite", (store) => store.delete(key));

/** A key nobody else has; `crypto.randomUUID` is missing where pages come without HTTPS. */
export function freshKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join("");
}

/** Send one; what comes back decides its state. A silent line leaves it as it is, to be sent again with its key. */
async function send(wish: Wish): Promise<Wish> {
  const answer = await fetch(`/api/visits/${wish.visit}/wishes`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": `"${wish.key}"` },
    body: JSON.stringify({ wishes: wish.wishes, ...(wish.insteadOf ? { instead_of: wish.insteadOf } : {}) }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.ok) {
    const { starts_at: at } = (await answer.json()) as { starts_at: string };
    const place = wish.wishes.findIndex((each) => Date.parse(each) === Date.parse(at));
    return { ...wish, state: "booked", said: wish.labels[place] ?? "" };
  }
  if (answer.status === 401) return { ...wish, state: "signin" };
  const { code = "", detail = "" } = (await answer.json().catch(() => ({}))) as { code?: string; detail?: string };
  const again = answer.status >= 500 || answer.status === 429 || ["idempotency-key-in-flight", "too-busy"].includes(code);
  return again ? wish : { ...wish, state: "refused", said: detail };
}

/** Send what this person keeps, one after the other; true if something still waits for the network. */
export async function sendAll(person: string): Promise<boolean> {
  // One page at a time: two open pages would only send the same key twice, which changes nothing but costs the line.
  if (navigator.locks) return navigator.locks.request("visits-wishes", () => through(person));
  return through(person);
}

async function through(person: string): Promise<boolean> {
  let waits = false;
  for (const wish of await all()) {
    if (wish.person !== person || (wish.state !== "waiting" && wish.state !== "signin")) continue;
    const after = navigator.onLine ? await send(wish).catch(() => wish) : wish;
    const still = (await all()).some((each) => each.key === wish.key);
    if (after.state !== wish.state && still) await keep(after);
    waits ||= after.state === "waiting";
  }
  return waits;
}
