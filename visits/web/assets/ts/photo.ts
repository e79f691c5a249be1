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

document.querySelectorAll<HTMLInputElement>("input[data-photo]").forEach((input) => {
  let ready: Promise<void> = Promise.resolve();
  input.addEventListener("change", () => {
    ready = shrink(input).catch(() => undefined);
  });
  // A photo still being made small holds the form back until it is ready.
  input.form?.addEventListener("submit", (event) => {
    if (input.dataset.ready === "yes") return;
    event.preventDefault();
    const submitter = event.submitter;
    void ready.then(() => {
      input.dataset.ready = "yes";
      input.form?.requestSubmit(submitter);
      input.dataset.ready = "";
    });
  });
});

export {};
