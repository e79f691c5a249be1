// Keeps a part of a page fresh: `data-live` is the stream to listen to, `data-fragment` the address of that part.
// The part is fetched again when the stream says something; nothing moves while the reader is in it.
// When the stream is lost, `[data-frozen]` inside the part says as of when it stands.

import { policy } from "./parts/trusted";

const QUIET = 400;
const PATIENCE = 3000;
const LONGEST = 30_000;

function freeze(id: string, is: boolean): void {
  const notice = document.getElementById(id)?.querySelector<HTMLElement>("[data-frozen]");
  if (notice) notice.hidden = !is;
}

async function refresh(id: string): Promise<void> {
  const part = document.getElementById(id);
  const address = part?.dataset.fragment;
  if (!part || !address) return;
  if (part.contains(document.activeElement)) {
    part.addEventListener("focusout", () => setTimeout(() => void refresh(id), QUIET), { once: true });
    return;
  }
  const answer = await fetch(address, { headers: { "X-Fragment": id }, credentials: "same-origin" });
  // Signed out meanwhile, or the service is down: what stands here is old, and says so.
  if (!answer.ok) {
    freeze(id, true);
    return;
  }
  const parsed = new DOMParser().parseFromString(policy.createHTML(await answer.text()), "text/html");
  const fresh = parsed.getElementById(id);
  if (fresh) part.replaceWith(document.importNode(fresh, true));
}

function listen(part: HTMLElement): void {
  const { id } = part;
  const stream = part.dataset.live ?? "";
  let wait = 1000;
  let planned = 0;
  let lost = 0;

  const frozen = (is: boolean): void => {
    clearTimeout(lost);
    lost = 0;
    freeze(id, is);
  };
  const plan = (): void => {
    clearTimeout(planned);
    planned = window.setTimeout(() => void refresh(id).catch(() => undefined), QUIET);
  };
  const connect = (): void => {
    const source = new EventSource(stream);
    source.onopen = () => {
      wait = 1000;
      frozen(false);
      plan();
    };
    source.onmessage = plan;
    // A stream the server closed for good is opened again by us, more and more slowly.
    source.onerror = () => {
      if (!lost) lost = window.setTimeout(() => frozen(true), PATIENCE);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, wait);
      wait = Math.min(LONGEST, wait * 2);
    };
  };
  connect();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") plan();
  });
}

document.querySelectorAll<HTMLElement>("[data-live][id]").forEach(listen);
