// Says on the button how many defects are ticked; a reason or a word about a defect ticks it.
const button = document.querySelector<HTMLButtonElement>("button[data-defects]");
const boxes = [...document.querySelectorAll<HTMLInputElement>("input[name=defect]")];
const plain = button?.textContent ?? "";

function count(): void {
  const ticked = boxes.filter((box) => box.checked).length;
  const { one = plain, many = plain } = button?.dataset ?? {};
  if (button) button.textContent = ticked === 0 ? plain : ticked === 1 ? one : many.replace("{n}", String(ticked));
}

for (const box of boxes) {
  box.addEventListener("change", count);
  box.closest("fieldset")?.addEventListener("input", (event) => {
    const typed = event.target as HTMLInputElement | HTMLSelectElement;
    if (typed === box || !typed.value) return;
    box.checked = true;
    count();
  });
}
count();
