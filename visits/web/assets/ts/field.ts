// Small help for field work: when and where a form was sent, photos sent by themselves, a button that says what it does.

const figures = new Intl.NumberFormat(document.documentElement.lang, { signDisplay: "exceptZero" });

function put(form: HTMLFormElement, name: string, value: string): void {
  let field = form.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement)) {
    field = document.createElement("input");
    (field as HTMLInputElement).type = "hidden";
    (field as HTMLInputElement).name = name;
    form.append(field);
  }
  (field as HTMLInputElement).value = value;
}

/** The device's time at the moment of sending; its position as soon as it is known, and never waited for. */
function stamp(form: HTMLFormElement): void {
  form.addEventListener("submit", () => put(form, "device_at", new Date().toISOString()));
}

function place(forms: HTMLFormElement[]): void {
  if (!forms.length || !navigator.geolocation) return;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      for (const form of forms) {
        put(form, "latitude", String(coords.latitude));
        put(form, "longitude", String(coords.longitude));
        put(form, "accuracy", String(coords.accuracy));
      }
    },
    () => undefined,
    { enableHighAccuracy: true, maximumAge: 60_000, timeout: 20_000 },
  );
}

/** A chosen photo goes at once; the spare button is for those without script. */
function send(input: HTMLInputElement): void {
  const form = input.form;
  if (!form) return;
  form.querySelectorAll<HTMLElement>("[data-spare]").forEach((button) => (button.hidden = true));
  input.addEventListener("change", () => {
    if (input.files?.length) form.requestSubmit();
  });
}

/** « Tout est conforme », or « Enregistrer l'écart de +48 » once a figure is another than declared. */
function speak(button: HTMLButtonElement): void {
  const form = button.form;
  if (!form) return;
  const boxes = [...form.querySelectorAll<HTMLElement>("[data-stepper][data-declared]")];
  const show = (): void => {
    const gaps = boxes
      .map((box) => Number(box.querySelector("input")?.value.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".")) - Number(box.dataset.declared))
      .filter((gap) => gap !== 0 && !Number.isNaN(gap));
    button.textContent = gaps.length
      ? `${button.dataset.gap ?? ""}${gaps.length === 1 ? ` ${figures.format(gaps[0] ?? 0)}` : ""}`
      : (button.dataset.same ?? "");
  };
  for (const event of ["input", "change"]) form.addEventListener(event, show);
  show();
}

document.querySelectorAll<HTMLFormElement>("form[data-stamp]").forEach(stamp);
place([...document.querySelectorAll<HTMLFormElement>('form[data-stamp="place"]')]);
document.querySelectorAll<HTMLInputElement>("input[data-send]").forEach(send);
document.querySelectorAll<HTMLButtonElement>("button[data-same]").forEach(speak);

export {};
