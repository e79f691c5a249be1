// Sends a chosen file in pieces that survive a cut line (tus 1.0). Without it the form itself carries the file.
import * as tus from "tus-js-client";

/** One line under the field per file: its name, its progress, and whether it has arrived whole. */
function progressLine(place: HTMLElement, name: string) {
  const line = document.createElement("p");
  const words = document.createElement("span");
  const bar = document.createElement("progress");
  line.className = "v-upload";
  line.setAttribute("role", "status");
  bar.max = 1;
  bar.setAttribute("aria-label", name);
  line.append(words, bar);
  place.append(line);
  return {
    say(text: string | undefined, kind = ""): void {
      words.textContent = `${name} : ${text ?? ""}`;
      line.className = kind ? `v-upload v-upload--${kind}` : "v-upload";
      if (kind) bar.remove();
    },
    share(part: number): void {
      bar.value = part;
    },
  };
}

/** Sends one file; its address goes into a hidden field `<name>_upload`, and the form no longer carries the file. */
function send(input: HTMLInputElement, place: HTMLElement, file: File): Promise<void> {
  const line = progressLine(place, file.name);
  line.say(input.dataset.sending);
  return new Promise((done, failed) => {
    const upload = new tus.Upload(file, {
      endpoint: input.dataset.upload ?? "",
      chunkSize: 512 * 1024,
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000, 30000],
      removeFingerprintOnSuccess: true,
      metadata: { ...details(input), filename: file.name, filetype: file.type },
      onProgress: (sent, whole) => {
        line.say(input.dataset.sending);
        line.share(whole ? sent / whole : 0);
      },
      onShouldRetry: (error) => {
        line.say(input.dataset.cut);
        const status = error.originalResponse?.getStatus() ?? 0;
        return status === 0 || status === 409 || status === 423 || status === 429 || status >= 500;
      },
      onError: (error) => {
        line.say(input.dataset.failed, "no");
        failed(error);
      },
      onSuccess: () => {
        line.say(input.dataset.sent, "ok");
        keep(place, `${input.name}_upload`, upload.url ?? "");
        done();
      },
    });
    void upload
      .findPreviousUploads()
      .catch(() => [])
      .then((previous) => {
        if (previous[0]) upload.resumeFromPreviousUpload(previous[0]);
        upload.start();
      });
  });
}

/** What the server must know about the file: every `data-meta-…` of the field. */
function details(input: HTMLInputElement): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { name, value } of input.attributes) {
    if (name.startsWith("data-meta-")) found[name.slice("data-meta-".length)] = value;
  }
  return found;
}

function keep(place: HTMLElement, name: string, address: string): void {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = address.split("/").pop() ?? "";
  place.append(field);
}

function watch(input: HTMLInputElement): void {
  const required = input.required;
  const place = document.createElement("div");
  input.after(place);
  input.addEventListener("change", async () => {
    const files = [...(input.files ?? [])];
    const buttons = [...(input.form?.querySelectorAll<HTMLButtonElement>("button[type=submit]") ?? [])];
    buttons.forEach((button) => (button.disabled = true));
    // Another choice replaces the one before, as in the field itself; a list grows.
    if (!input.multiple) place.replaceChildren();
    const results = await Promise.allSettled(files.map((file) => send(input, place, file)));
    buttons.forEach((button) => (button.disabled = false));
    // Arrived whole: the form need not carry it. A file that failed stays in the field and goes with the form.
    if (files.length && results.every((result) => result.status === "fulfilled")) {
      input.required = false;
      input.value = "";
    } else {
      input.required = required;
    }
  });
}

document.querySelectorAll<HTMLInputElement>("input[data-upload]").forEach(watch);
