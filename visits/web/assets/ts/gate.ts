// Reads the voucher's code with the camera where the browser can; the typed number stays the way for everybody else.

interface Seen {
  rawValue: string;
}
interface Detector {
  detect(source: CanvasImageSource): Promise<Seen[]>;
}
declare global {
  interface Window {
    BarcodeDetector?: { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };
  }
}

const EVERY = 250;

async function offer(box: HTMLElement): Promise<void> {
  const Reader = window.BarcodeDetector;
  const field = document.getElementById(box.dataset.gate ?? "") as HTMLInputElement | null;
  const button = box.querySelector("button");
  const picture = box.querySelector("video");
  if (!Reader || !navigator.mediaDevices || !field?.form || !button || !picture) return;
  if (!(await Reader.getSupportedFormats()).includes("qr_code")) return;
  box.hidden = false;
  const detector = new Reader({ formats: ["qr_code"] });
  let stream: MediaStream | undefined;

  const stop = (): void => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = undefined;
    picture.hidden = true;
  };
  const look = async (): Promise<void> => {
    if (!stream) return;
    const [found] = await detector.detect(picture).catch((): Seen[] => []);
    if (!found?.rawValue) {
      setTimeout(() => void look(), EVERY);
      return;
    }
    stop();
    field.value = found.rawValue;
    field.form?.requestSubmit();
  };
  button.addEventListener("click", () => {
    if (stream) {
      stop();
      return;
    }
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: "environment" } })
      .then(async (given) => {
        stream = given;
        picture.srcObject = given;
        picture.hidden = false;
        await picture.play();
        await look();
      })
      // No camera, or not allowed: the field is there to type in.
      .catch(() => {
        stop();
        field.focus();
      });
  });
  window.addEventListener("pagehide", stop);
}

document.querySelectorAll<HTMLElement>("[data-gate]").forEach((box) => void offer(box).catch(() => undefined));

export {};
