// Drag a bar of the board: sideways to another hour, up or down to ask for another draw. Nothing is moved here: letting
// go opens the form, filled in, where the change is seen and confirmed. With the keyboard: arrows, then Enter; Escape.

import { hours } from "./parts/hours";

const STEP = 15;
const NEAR = 6;

interface Drag {
  bar: SVGAElement;
  x: number;
  y: number;
  across: number;
  down: number;
  pointer: number;
}

let drag: Drag | undefined;
let dragged = false;

function movable(target: EventTarget | null): SVGAElement | null {
  return target instanceof Element ? target.closest<SVGAElement>("a[data-move]") : null;
}

function chart(bar: SVGAElement): SVGSVGElement {
  return bar.ownerSVGElement as SVGSVGElement;
}

/** Screen pixels to the drawing's own. */
function scale(of: SVGSVGElement): number {
  return of.viewBox.baseVal.width / of.getBoundingClientRect().width;
}

function minutes(bar: SVGAElement, across: number): number {
  const each = Number(chart(bar).dataset.minute);
  return Math.round(across / each / STEP) * STEP;
}

function hour(bar: SVGAElement, by: number): string {
  const { tz } = chart(bar).dataset;
  const at = new Date(Date.parse(bar.dataset.move ?? "") + by * 60_000);
  const lang = document.documentElement.lang || "fr";
  const said = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", timeZone: tz }).format(at);
  return hours(said, lang);
}

function say(bar: SVGAElement, words: string): void {
  const told = document.querySelector<HTMLElement>("[data-dragging]");
  if (!told) return;
  told.textContent = words;
  told.hidden = !words;
  bar.classList.toggle("v-moving", words !== "");
}

function put(bar: SVGAElement, across: number, down: number): void {
  bar.setAttribute("transform", `translate(${across} ${down})`);
}

function reset(bar: SVGAElement): void {
  bar.removeAttribute("transform");
  bar.dataset.by = "0";
  say(bar, "");
}

function words(bar: SVGAElement, by: number): string {
  const form = document.querySelector<HTMLElement>("[data-dragging]")?.dataset.dragging ?? "";
  return form.replace("{time}", hour(bar, by));
}

function another(): string {
  return document.querySelector<HTMLElement>("[data-dragging]")?.dataset.another ?? "";
}

function open(bar: SVGAElement, by: number): void {
  const start = new Date(Date.parse(bar.dataset.move ?? "") + by * 60_000).toISOString();
  const day = chart(bar).dataset.day ?? "";
  location.assign(`${bar.dataset.form}?${new URLSearchParams({ day, start })}`);
}

document.addEventListener("pointerdown", (event) => {
  const bar = movable(event.target);
  if (!bar || event.button !== 0) return;
  drag = { bar, x: event.clientX, y: event.clientY, across: 0, down: 0, pointer: event.pointerId };
  dragged = false;
  // In the reader's hand: a fresh board waits until it is left.
  bar.focus();
});

document.addEventListener("pointermove", (event) => {
  if (!drag || drag.pointer !== event.pointerId) return;
  const by = scale(chart(drag.bar));
  drag.across = (event.clientX - drag.x) * by;
  drag.down = (event.clientY - drag.y) * by;
  if (!dragged && Math.hypot(drag.across, drag.down) < NEAR) return;
  dragged = true;
  event.preventDefault();
  put(drag.bar, drag.across, drag.down);
  const shift = minutes(drag.bar, drag.across);
  say(drag.bar, shift ? words(drag.bar, shift) : another());
});

document.addEventListener("pointerup", () => {
  if (!drag) return;
  const { bar, across, down } = drag;
  drag = undefined;
  if (!dragged) return;
  const shift = minutes(bar, across);
  const row = Number(chart(bar).dataset.row);
  reset(bar);
  if (shift) open(bar, shift);
  else if (Math.abs(down) > row / 2) location.assign(bar.dataset.draw ?? bar.href.baseVal);
});

document.addEventListener("pointercancel", () => {
  if (drag) reset(drag.bar);
  drag = undefined;
});

// A drag is no click on the link, and no drag of the link's address.
document.addEventListener("click", (event) => {
  if (dragged && movable(event.target)) event.preventDefault();
  dragged = false;
}, true);
document.addEventListener("dragstart", (event) => {
  if (movable(event.target)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const bar = movable(event.target);
  if (!bar) return;
  const by = Number(bar.dataset.by ?? "0");
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    event.preventDefault();
    const next = by + (event.key === "ArrowLeft" ? -STEP : STEP);
    bar.dataset.by = String(next);
    put(bar, next * Number(chart(bar).dataset.minute), 0);
    say(bar, next ? words(bar, next) : "");
  } else if (event.key === "Enter" && by) {
    event.preventDefault();
    reset(bar);
    open(bar, by);
  } else if (event.key === "Escape" && by) {
    event.preventDefault();
    reset(bar);
  }
});

document.addEventListener("focusout", (event) => {
  const bar = movable(event.target);
  if (bar && !drag && bar.dataset.by) reset(bar);
});
