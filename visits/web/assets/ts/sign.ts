// A pad to sign on with a finger or a pen. The typed name above it is enough; the drawing is added to it.
// What is sent is the path of the pen alone (SVG path data): the server takes moves, lines and figures, nothing else.
import SignaturePad from "signature_pad";

const NEAR = 1.2;

function pathOf(pad: SignaturePad): string {
  const strokes = pad.toData().map(({ points }) => {
    let at = points[0];
    const kept = points.filter((point, place) => {
      const far = place === 0 || Math.hypot(point.x - at.x, point.y - at.y) >= NEAR;
      if (far) at = point;
      return far;
    });
    const drawn = kept.map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`);
    return `M${drawn[0]}` + (drawn.length > 1 ? `L${drawn.slice(1).join(" ")}` : "l.1 0");
  });
  return strokes.join("");
}

function padIn(frame: HTMLElement): void {
  const field = frame.querySelector<HTMLInputElement>("input[type=hidden]");
  if (!field) return;
  const canvas = document.createElement("canvas");
  const clear = document.createElement("button");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", frame.dataset.label ?? "");
  clear.type = "button";
  clear.className = "v-btn v-btn--q";
  clear.textContent = frame.dataset.clear ?? "";
  frame.append(canvas, clear);
  frame.hidden = false;

  const pad = new SignaturePad(canvas, { penColor: "#05263f", minWidth: 1, maxWidth: 3 });
  const fit = (): void => {
    const strokes = pad.toData();
    const ratio = Math.max(1, window.devicePixelRatio);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d")?.scale(ratio, ratio);
    pad.fromData(strokes);
  };
  fit();
  window.addEventListener("resize", fit);
  pad.addEventListener("endStroke", () => (field.value = pathOf(pad)));
  clear.addEventListener("click", () => {
    pad.clear();
    field.value = "";
  });
}

document.querySelectorAll<HTMLElement>("[data-sign]").forEach(padIn);
