// Checks a confirmation on the tablet itself: by camera, from a picture, or typed; with what the office told it last.
import { hours } from "./parts/hours";
import { policy } from "./parts/trusted";
import { type Claim, type Known, looksLikeOne, No, verify } from "./parts/token";

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
declare global {
  interface Window {
    BarcodeDetector?: { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };
  }
}

const STORE = "visits-scan-known";
const REFRESH = 60_000;
const LOOK = 250;

const page = document.querySelector<HTMLElement>("[data-scan]")!;
const texts = JSON.parse(page.dataset.texts ?? "{}") as Record<string, string>;
const levels = JSON.parse(page.dataset.levels ?? "[]") as string[];
const zone = page.dataset.zone ?? "UTC";
const lang = document.documentElement.lang;
const form = page.querySelector<HTMLFormElement>("form")!;
const out = page.querySelector<HTMLElement>("[data-result]")!;
const video = page.querySelector<HTMLVideoElement>("video")!;
let known = JSON.parse(page.dataset.known ?? "{}") as Known;
let stream: MediaStream | undefined;

const moments = new Intl.DateTimeFormat(lang, {
  weekday: "long",
  day: "numeric",
  month: "long",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: zone,
});
const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
const clock = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", timeZone: zone });
const moment = (at: Date | number): string => hours(moments.format(at), lang);

/** Never earlier than the office's own clock when it last spoke: a tablet set back must not revive a code. */
const now = (): Date => new Date(Math.max(Date.now(), Date.parse(known.at)));

function tell(kind: "ok" | "no", heading: string, lines: string[]): void {
  const made = page.querySelector<HTMLTemplateElement>(`template[data-of="${kind}"]`)!.content.cloneNode(true) as DocumentFragment;
  made.querySelector("h2")!.textContent = heading;
  const list = made.querySelector("[data-lines]")!;
  for (const line of lines.filter(Boolean)) {
    const each = document.createElement("p");
    each.textContent = line;
    list.append(each);
  }
  out.replaceChildren(made);
  out.scrollIntoView({ block: "nearest" });
}

function counts(claim: Claim): void {
  const today = day.format(claim.startsAt) === day.format(now());
  tell("ok", `${claim.reference} – ${moment(claim.startsAt)}`, [
    levels[claim.level] ?? "",
    today ? "" : (texts["other-day"] ?? ""),
    (texts["known-at"] ?? "").replace("{time}", `${moment(new Date(known.at))}`),
  ]);
}

function refused(no: No): void {
  const said = (texts[no.code] ?? "")
    .replace("{office}", no.facts.office ?? "?")
    .replace("{when}", no.facts.when ? moment(no.facts.when) : "");
  tell("no", texts.heading ?? "", [said, (texts["known-at"] ?? "").replace("{time}", moment(new Date(known.at)))]);
}

async function check(text: string): Promise<void> {
  try {
    counts(await verify(text, known, now()));
  } catch (fault) {
    if (!(fault instanceof No)) throw fault;
    refused(fault);
  }
}

// ---------- what the office told ----------

/** Asks for keys and ended appointments; without a network the last answer counts, and the page says from when it is. */
async function refresh(): Promise<void> {
  const answer = await fetch("/inspector/scan/known", { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) return;
  known = (await answer.json()) as Known;
  localStorage.setItem(STORE, JSON.stringify(known));
  state();
}

function state(): void {
  const told = page.querySelector<HTMLElement>("[data-told]");
  if (told) told.textContent = (texts["known-at"] ?? "").replace("{time}", hours(clock.format(new Date(known.at)), lang));
}

function remembered(): void {
  const kept = JSON.parse(localStorage.getItem(STORE) ?? "null") as Known | null;
  if (kept && kept.office === known.office && Date.parse(kept.at) > Date.parse(known.at)) known = kept;
}

// ---------- camera, picture, typed ----------

function stop(): void {
  stream?.getTracks().forEach((track) => track.stop());
  stream = undefined;
  video.hidden = true;
}

async function look(detector: Detector): Promise<void> {
  stop();
  stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  while (stream) {
    const [found] = await detector.detect(video).catch(() => []);
    if (found) {
      stop();
      return check(found.rawValue);
    }
    await new Promise((done) => setTimeout(done, LOOK));
  }
}

async function read(detector: Detector, file: File): Promise<void> {
  const [found] = await detector.detect(await createImageBitmap(file));
  if (found) return check(found.rawValue);
  tell("no", texts["no-code"] ?? "", []);
}

async function eyes(): Promise<void> {
  const Reader = window.BarcodeDetector;
  if (!Reader || !(await Reader.getSupportedFormats()).includes("qr_code")) {
    page.querySelector<HTMLElement>("[data-blind]")!.hidden = false;
    return;
  }
  const detector = new Reader({ formats: ["qr_code"] });
  const tools = page.querySelector<HTMLElement>("[data-eyes]")!;
  tools.hidden = false;
  tools.querySelector("button")!.addEventListener("click", () => {
    look(detector).catch(() => {
      stop();
      tell("no", texts["no-camera"] ?? "", []);
    });
  });
  tools.querySelector("input")!.addEventListener("change", (event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file) read(detector, file).catch(() => tell("no", texts["no-code"] ?? "", []));
  });
}

form.addEventListener("submit", (event) => {
  const text = String(new FormData(form).get("code") ?? "");
  if (looksLikeOne(text)) {
    event.preventDefault();
    void check(text);
  } else if (!navigator.onLine) {
    event.preventDefault();
    tell("no", texts["needs-network"] ?? "", []);
  }
});

remembered();
state();
void eyes();
window.addEventListener("online", () => void refresh().catch(() => undefined));
setInterval(() => void refresh().catch(() => undefined), REFRESH);
void refresh().catch(() => undefined);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") stop();
});

// The page itself stays on the tablet, so that it opens without a network.
if ("serviceWorker" in navigator) {
  const parts = [...document.querySelectorAll<HTMLLinkElement | HTMLScriptElement>("link[rel=stylesheet], link[rel=icon], script[src]")];
  const kept = parts.map((each) => new URL("href" in each ? each.href : each.src).pathname);
  const address = `/inspector/scan-worker.js?keep=${encodeURIComponent(kept.join(","))}`;
  void navigator.serviceWorker
    .register(policy.createScriptURL(address), { scope: "/inspector/scan" })
    .catch(() => undefined);
}
