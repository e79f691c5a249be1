// Makes a photo small before it is sent: at most 1600 px and about 150 kB. If anything fails, the original goes.

const LONGEST_SIDE = 1600;
const TARGET = 150 * 1024;

function encode(canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> {
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
}

async function small(file: File): Promise<File> {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  let side = Math.min(LONGEST_SIDE, Math.max(picture.width, picture.height));
  let best: Blob | null = null;
  for (const quality of [0.8, 0.7, 0.6, 0.6, 0.6]) {
    const scale = side / Math.max(picture.width, picture.height);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    best = (await encode(canvas, quality)) ?? best;
    if (best && best.size <= TARGET) break;
    if (quality === 0.6) side *= 0.8;
  }
  if (!best || best.size >= file.size) return file;
  return new File([best], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
}

async function shrink(input: HTMLInputElement): Promise<void> {
  const carried = new DataTransfer();
  for (const file of input.files ?? []) {
    carried.items.add(file.type.startsWith("image/") ? await small(file).catch(() => file) : file);
  }
  input.files = carried.files;
}

/** A photo still being made small holds its form back until it is ready; other forms are left alone. */
function guard(form: HTMLFormElement, inputs: HTMLInputElement[]): void {
  let working: Promise<unknown> = Promise.resolve();
  let busy = false;
  for (const input of inputs) {
    input.addEventListener("change", () => {
      busy = true;
      const mine = Promise.all([working, shrink(input).catch(() => undefined)]);
      working = mine;
      void mine.then(() => (busy = working !== mine));
    });
  }
  form.addEventListener("submit", (event) => {
    if (!busy) return;
    event.preventDefault();
    void working.then(() => form.requestSubmit(event.submitter));
  });
}

const byForm = new Map<HTMLFormElement, HTMLInputElement[]>();
document.querySelectorAll<HTMLInputElement>("input[data-photo]").forEach((input) => {
  if (input.form) byForm.set(input.form, [...(byForm.get(input.form) ?? []), input]);
});
byForm.forEach((inputs, form) => guard(form, inputs));

export {};
