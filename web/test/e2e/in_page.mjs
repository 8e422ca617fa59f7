// What runs inside of the page: the server's pictures, decoded by the browser, and what the page shows.

// Frames a second that the page has in so many milliseconds, and the seconds of the slowest one.
export function framesIn(ms) {
  return new Promise((resolve) => {
    const times = [];
    const look = (time) => {
      times.push(time);
      if (time - times[0] < ms) {
        requestAnimationFrame(look);
        return;
      }
      const gaps = times.slice(1).map((at, i) => at - times[i]);
      resolve({ fps: (1000 * gaps.length) / (time - times[0]), slowest: Math.max(...gaps) / 1000 });
    };
    requestAnimationFrame(look);
  });
}

// PSNR of what the canvas on the stage shows of the field, by a camera where a photo was taken, and that photo: of pictures
// whose longest side is `size`. Null while it shows nothing.
export async function shownPsnr({ view, camera, size }) {
  const canvas = [...document.querySelectorAll('.frame:not(.hidden) .frame-canvas:not(.hidden)')].at(-1); // the front one
  if (!canvas) return null;
  const photo = await createImageBitmap(await (await fetch(`api/photo?${new URLSearchParams({ view: view.idx, size })}`)).blob());
  const [w, h] = [photo.width, photo.height];
  const pixelsOf = (draw) => {
    const context = new OffscreenCanvas(w, h).getContext('2d');
    context.imageSmoothingQuality = 'high';
    draw(context);
    return context.getImageData(0, 0, w, h).data;
  };
  const truth = pixelsOf((context) => context.drawImage(photo, 0, 0));
  // Where the photo's pixels are on the canvas.
  const { fx, fy, cx, cy } = view.camera;
  const [perX, perY] = [canvas.width / camera.w, canvas.height / camera.h];
  const [sx, sy] = [(perX * camera.fx) / fx, (perY * camera.fy) / fy];
  const shown = pixelsOf((context) => context.drawImage(canvas, perX * camera.cx - cx * sx, perY * camera.cy - cy * sy,
    view.width * sx, view.height * sy, 0, 0, w, h));
  let sum = 0;
  for (let i = 0; i < truth.length; ++i) if (i % 4 < 3) sum += (truth[i] - shown[i]) ** 2;
  return 10 * Math.log10(255 ** 2 / Math.max(1e-3, sum / (3 * w * h)));
}

// From now on: the seconds from Ctrl+Z to another list of objects, as window.secondsToUndo.
export function timeUndo() {
  const begun = (event) => {
    if (event.key.toLowerCase() !== 'z') return;
    window.removeEventListener('keydown', begun, true);
    const begin = performance.now();
    const watch = new MutationObserver(() => {
      watch.disconnect();
      window.secondsToUndo = (performance.now() - begin) / 1000;
    });
    watch.observe(document.querySelector('.objects'), { subtree: true, childList: true, characterData: true });
  };
  window.addEventListener('keydown', begun, true);
}

// A thing to click in a view: of a grid of places the one whose best mask is of a handy size and most certain, and does not
// overlap with `taken` ([x, y] in the photo). Null while the view is not encoded.
export async function findThing({ view, width, height, taken }) {
  const size = 256;
  const s = size / Math.max(width, height);
  let best = null, seq = Date.now(); // of one client the newest counts
  for (let j = 1; j < 7; ++j) {
    for (let i = 1; i < 7; ++i) {
      const xy = [Math.round((width * i) / 7), Math.round((height * j) / 7)];
      const query = new URLSearchParams({ view, xy: xy.join(','), object: 0, label: 1, size, client: 'probe', seq: ++seq });
      const response = await fetch(`api/hover?${query}`);
      if (!response.ok) return null;
      const hover = await response.json();
      const candidate = hover.candidates[hover.best];
      const bytes = Uint8Array.from(atob(candidate.png), (letter) => letter.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const context = canvas.getContext('2d');
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const inside = (x, y) => data[4 * (Math.min(canvas.height - 1, Math.round(y * s)) * canvas.width + Math.min(canvas.width - 1, Math.round(x * s)))] > 127;
      let area = 0;
      for (let at = 0; at < data.length; at += 4) area += data[at] > 127 ? 1 : 0;
      const share = area / (canvas.width * canvas.height);
      if (share < 0.01 || share > 0.15 || !inside(...xy) || taken.some((other) => inside(...other))) continue;
      if (!best || candidate.score > best.score) best = { xy, score: candidate.score, share };
    }
  }
  return best;
}

// Intersection over union of the object as the field shows it and ground truth; null without ground truth.
export async function iouOf({ object, view, size, answer }) {
  const bits = (source, w, h) => {
    const canvas = new OffscreenCanvas(w, h);
    const context = canvas.getContext('2d');
    source(context);
    const { data } = context.getImageData(0, 0, w, h);
    return Array.from({ length: w * h }, (_, i) => data[4 * i] > 127);
  };
  const truth = await fetch(`api/truth?${new URLSearchParams({ view, object, size })}`);
  if (!truth.ok) return null;
  const exact = await createImageBitmap(await truth.blob());
  const query = new URLSearchParams({ view, size, layer: 'mask', object, answer, client: `iou${view}`, seq: Date.now() });
  const frame = await (await fetch(`api/frame?${query}`)).arrayBuffer();
  const head = new DataView(frame);
  const parts = [];
  for (let at = 0; at + 12 <= frame.byteLength && head.getUint16(at + 4, true) > 0;) {
    const [x, y, w, h] = [0, 2, 4, 6].map((offset) => head.getUint16(at + offset, true));
    const length = head.getUint32(at + 8, true);
    parts.push({ x, y, w, h, picture: await createImageBitmap(new Blob([frame.slice(at + 12, at + 12 + length)])) });
    at += 12 + length;
  }
  const [w, h] = [exact.width, exact.height];
  const [fw, fh] = [Math.max(...parts.map((part) => part.x + part.w)), Math.max(...parts.map((part) => part.y + part.h))];
  const a = bits((context) => context.drawImage(exact, 0, 0), w, h);
  const b = bits((context) => {
    for (const part of parts) {
      context.drawImage(part.picture, (part.x * w) / fw, (part.y * h) / fh, (part.w * w) / fw, (part.h * h) / fh);
    }
  }, w, h);
  let [both, either] = [0, 0];
  a.forEach((inside, i) => {
    both += inside && b[i] ? 1 : 0;
    either += inside || b[i] ? 1 : 0;
  });
  return either > 0 ? both / either : null;
}

// SAM's mask of a view: how large it is, what is around it and whether the places ([x, y] in the photo) are in it; beside
// another object's, their intersection over union. Null when there is none.
export async function maskOf({ object, view, size, answer, places = [], other = 0 }) {
  const bitsOf = async (id) => {
    const response = await fetch(`api/mask?${new URLSearchParams({ object: id, view, size, answer })}`);
    if (!response.ok) return null;
    const picture = await createImageBitmap(await response.blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = canvas.getContext('2d');
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    return { w: canvas.width, h: canvas.height, bits: Array.from({ length: canvas.width * canvas.height }, (_, i) => data[4 * i] > 127) };
  };
  const mask = await bitsOf(object);
  if (!mask) return null;
  const { w, h, bits } = mask;
  const s = size / Math.max(w, h);
  const inside = (x, y) => bits[Math.min(h - 1, Math.round(y / s)) * w + Math.min(w - 1, Math.round(x / s))] ?? false;
  const at = bits.flatMap((is, i) => (is ? [[i % w, Math.floor(i / w)]] : []));
  const box = [0, 1].map((k) => at.reduce((low, p) => Math.min(low, p[k]), Infinity))
    .concat([0, 1].map((k) => at.reduce((high, p) => Math.max(high, p[k]), -Infinity)));
  let iou = null;
  if (other !== 0) {
    const { bits: others } = (await bitsOf(other)) ?? { bits: [] };
    const both = bits.filter((is, i) => is && others[i]).length;
    const either = bits.filter((is, i) => is || others[i]).length;
    iou = either > 0 ? both / either : null;
  }
  return { area: at.length / bits.length, box: box.map((x) => x * s), inside: places.map(([x, y]) => inside(x, y)), iou };
}
