// Asks again for one part of a page every `data-again` seconds while somebody looks at it; on a lost line it waits.

import { policy } from "./parts/trusted";

async function ask(id: string): Promise<void> {
  const part = document.getElementById(id);
  if (!part || document.visibilityState !== "visible") return;
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const parsed = new DOMParser().parseFromString(policy.createHTML(await answer.text()), "text/html");
  const fresh = parsed.getElementById(id);
  // Only a change is written, so that a screen reader hears news and nothing else.
  if (fresh && !fresh.isEqualNode(part)) part.replaceChildren(...document.importNode(fresh, true).childNodes);
}

document.querySelectorAll<HTMLElement>("[data-again][id]").forEach((part) => {
  setInterval(() => void ask(part.id).catch(() => undefined), Number(part.dataset.again) * 1000);
});
