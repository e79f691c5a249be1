// Keeps a wish for an hour while there is no network, says so, and sends it when the network is back: once, by its key.
import { all, drop, freshKey, keep, sendAll, type Wish } from "./parts/queue";

const bars = document.querySelector<HTMLElement>("[data-wishes]");
const person = bars?.dataset.person ?? "";
const MOST = 3;
const SOON = 15_000;
const LATEST = 300_000;
let wait = SOON;
let planned = 0;

function link(text: string, href: string, key: string): HTMLElement {
  const made = document.createElement("a");
  made.className = "v-btn";
  made.href = href;
  made.textContent = text;
  if (key) made.addEventListener("click", () => void drop(key));
  return made;
}

function remove(text: string, key: string): HTMLElement {
  const made = document.createElement("button");
  made.className = "v-btn";
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", () => void drop(key).then(show));
  return made;
}

function bar(box: HTMLElement, wish: Wish): Node {
  const says = box.dataset;
  const of = wish.state === "signin" ? "waiting" : wish.state;
  const form = box.querySelector<HTMLTemplateElement>(`template[data-of="${of}"]`)!;
  const made = form.content.firstElementChild!.cloneNode(true) as HTMLElement;
  const [strong, text] = [made.querySelector("b")!, made.querySelector("b + span")!];
  const about = `${wish.title} – ${wish.labels.join(`, ${says.else} `)}`;
  const own = `/declarant/visits/${wish.visit}`;
  if (wish.state === "booked") {
    strong.textContent = says.booked ?? "";
    text.textContent = `${wish.title} – ${wish.said}`;
    made.append(link(says.see ?? "", `${own}/appointment`, wish.key));
  } else if (wish.state === "refused") {
    strong.textContent = says.refused ?? "";
    text.textContent = `${wish.title} – ${wish.said}`;
    made.append(link(says.choose ?? "", `${own}/slots`, wish.key));
  } else {
    strong.textContent = wish.state === "signin" ? (says.signin ?? "") : (says.waits ?? "");
    text.textContent = about;
    if (wish.state === "signin") {
      made.append(link(says.signinLink ?? "", `/signin?next=${encodeURIComponent(location.pathname)}`, ""));
    }
    made.append(remove(says.remove ?? "", wish.key));
  }
  return made;
}

async function show(): Promise<void> {
  if (!bars) return;
  const mine = [];
  for (const each of await all()) {
    if (each.person !== person) continue;
    // Who looks at the appointment has seen that it is booked.
    if (each.state === "booked" && location.pathname.endsWith(`${each.visit}/appointment`)) await drop(each.key);
    else mine.push(each);
  }
  bars.replaceChildren(...bars.querySelectorAll("template"), ...mine.map((each) => bar(bars, each)));
}

/** Send now; as long as something waits, again later and later, and at once when the device says there is network. */
async function go(): Promise<void> {
  clearTimeout(planned);
  const waits = await sendAll(person);
  await show();
  if (!waits) return;
  planned = window.setTimeout(() => void go(), wait);
  wait = Math.min(LATEST, wait * 2);
}

/** One set of wishes for a visit: what still waits for it is replaced, or grows by an hour (`more`). */
async function add(form: HTMLFormElement, visit: string, hours: [string, string][], more: boolean): Promise<void> {
  const before = (await all()).filter((each) => each.visit === visit && each.person === person);
  const waiting = before.find((each) => each.state === "waiting");
  const known: [string, string][] = more && waiting ? waiting.wishes.map((at, i) => [at, waiting.labels[i] ?? ""]) : [];
  const wanted = [...new Map([...known, ...hours])].slice(0, MOST);
  for (const each of before) await drop(each.key);
  await keep({
    key: freshKey(),
    person,
    visit,
    title: form.dataset.title ?? "",
    wishes: wanted.map(([at]) => at),
    labels: wanted.map(([, label]) => label),
    insteadOf: String(new FormData(form).get("instead_of") ?? ""),
    state: "waiting",
    said: "",
  });
  await show();
  bars?.scrollIntoView({ block: "start" });
  wait = SOON;
  await go();
}

/** Storage is refused (a private window, a full device): say so, and let the plain form try. */
function lost(form: HTMLFormElement): void {
  if (navigator.onLine) return form.submit();
  const made = document.createElement("p");
  made.className = "v-banner";
  made.setAttribute("role", "alert");
  made.textContent = bars?.dataset.lost ?? "";
  form.prepend(made);
}

/** The lists of wishes: always through the queue, so that a line that dies half-way loses nothing. */
function lists(form: HTMLFormElement): void {
  form.addEventListener("submit", (event) => {
    const chosen = [...form.querySelectorAll("select")].filter((each) => each.value);
    if (!chosen.length) return;
    event.preventDefault();
    const hours = chosen.map((each): [string, string] => [each.value, each.selectedOptions[0]?.text ?? ""]);
    add(form, form.dataset.wish ?? "", hours, false).catch(() => lost(form));
  });
}

/** The tiles of the usual page: with a network they are an ordinary form; without, the hour joins the queue. */
function tiles(form: HTMLFormElement): void {
  form.addEventListener("submit", (event) => {
    const tile = form.querySelector<HTMLInputElement>("input[name=start]:checked");
    if (navigator.onLine || !tile) return;
    event.preventDefault();
    const label = `${form.dataset.day} ${tile.labels?.[0]?.querySelector("b")?.textContent ?? ""}`.trim();
    add(form, form.dataset.wishOne ?? "", [[tile.value, label]], true).catch(() => lost(form));
  });
}

if (bars && "indexedDB" in window) {
  document.querySelectorAll<HTMLFormElement>("form[data-wish]").forEach(lists);
  document.querySelectorAll<HTMLFormElement>("form[data-wish-one]").forEach(tiles);
  window.addEventListener("online", () => {
    wait = SOON;
    void go().catch(() => undefined);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void go().catch(() => undefined);
  });
  void show().then(go).catch(() => undefined);
}
