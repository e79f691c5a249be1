// Counts down the hold of a slot. Without it the page still books; the server alone decides when a hold is over.

/** Shows what is left as « 4 min 32 », shrinks the bar, and speaks only at one minute and at the end. */
function countDown(bar: HTMLElement): void {
  const timer = bar.querySelector<HTMLElement>("[data-timer]");
  const said = bar.querySelector<HTMLElement>("[data-say]");
  const left = bar.querySelector<SVGRectElement>("[data-left]");
  const total = Number(bar.dataset.total) || 1;
  // The device's clock may be wrong: only the time passed since the page was shown counts.
  const end = performance.now() + Number(bar.dataset.hold) * 1000;
  let before = Infinity;

  const tick = (): void => {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    const rest = String(seconds % 60).padStart(2, "0");
    if (timer) timer.textContent = `${Math.floor(seconds / 60)}\u00a0min\u00a0${rest}`;
    left?.setAttribute("width", String(Math.round((300 * seconds) / total)));
    if (said && seconds <= 60 && before > 60 && seconds > 0) said.textContent = bar.dataset.soon ?? "";
    if (said && seconds === 0 && before > 0) said.textContent = bar.dataset.over ?? "";
    if (said && seconds === 0) said.classList.remove("v-hide");
    before = seconds;
    if (seconds > 0) setTimeout(tick, 1000);
  };
  tick();
}

document.querySelectorAll<HTMLElement>("[data-hold]").forEach(countDown);

export {};
