// The − and + beside a quantity, and the gap to what was declared, said at once. Without it the field is typed in.

const figures = new Intl.NumberFormat(document.documentElement.lang, { signDisplay: "exceptZero" });

function read(text: string): number {
  return Number(text.replace(/[\s\u00a0\u202f]/g, "").replace(",", "."));
}

function stepperIn(box: HTMLElement): void {
  const input = box.querySelector("input");
  if (!input) return;
  const step = Number(box.dataset.stepper) || 1;
  const gap = box.closest("tr")?.querySelector<HTMLElement>("[data-gap]");

  const show = (): void => {
    if (!gap || box.dataset.declared === undefined || input.value === "") return;
    const found = read(input.value);
    if (Number.isNaN(found)) return;
    const off = found - Number(box.dataset.declared);
    const words = document.createElement("span");
    words.className = off ? "v-delta" : "v-same";
    words.textContent = off ? figures.format(off) : (gap.dataset.sameText ?? "");
    gap.replaceChildren(words);
    box.closest("tr")?.classList.toggle("diff", off !== 0);
  };
  const move = (by: number): void => {
    input.value = String(Math.max(0, (read(input.value) || 0) + by));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    show();
  };
  for (const [name, by] of [["less", -step], ["more", step]] as const) {
    const button = box.querySelector<HTMLButtonElement>(`[data-${name}]`);
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => move(by));
  }
  input.addEventListener("input", show);
}

document.querySelectorAll<HTMLElement>("[data-stepper]").forEach(stepperIn);

export {};
