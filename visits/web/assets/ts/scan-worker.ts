// Keeps the page that checks confirmations on the tablet: the newest when there is a network, the last one without.
interface Kept extends Event {
  readonly request: Request;
  waitUntil(work: Promise<unknown>): void;
  respondWith(answer: Promise<Response>): void;
}

const PAGE = "/inspector/scan";
const PATIENCE = 4000;
const worker = self as unknown as EventTarget & { location: Location; skipWaiting(): Promise<void> };
// The address names what is kept: another build is another worker with a store of its own.
const STORE = `visits-scan ${worker.location.search}`;
const parts = (new URLSearchParams(worker.location.search).get("keep") ?? "").split(",").filter(Boolean);

worker.addEventListener("install", (event) => {
  const work = caches.open(STORE).then((store) => store.addAll([PAGE, ...parts]));
  (event as Kept).waitUntil(work.then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  const work = caches.keys().then((names) => Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name))));
  (event as Kept).waitUntil(work);
});

/** Signed out, the page is another's business: what was kept of it goes. */
async function fresh(request: Request): Promise<Response> {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok && !answer.redirected) await store.put(PAGE, answer.clone());
    else await store.delete(PAGE);
    return answer;
  } catch (fault) {
    const kept = await store.match(PAGE);
    if (kept) return kept;
    throw fault;
  }
}

worker.addEventListener("fetch", (event) => {
  const { request } = event as Kept;
  const { pathname } = new URL(request.url);
  if (request.mode === "navigate" && request.method === "GET" && pathname === PAGE) {
    (event as Kept).respondWith(fresh(request));
  } else if (parts.includes(pathname)) {
    (event as Kept).respondWith(caches.match(pathname).then((kept) => kept ?? fetch(request)));
  }
});

export {};
