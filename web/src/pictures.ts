// Photos and masks by address, fetched once.
import { address } from './api';

export const photoAddress = (view: number, size: number): string => address('photo', { view, size });

const kMaxKept = 400;
const kMaxPixels = 40e6; // of all of them: 160 MB in the browser
const kept = new Map<string, Promise<ImageBitmap | null>>();
const pixels = new Map<string, number>(); // of those that are there

// Low priority: the open photo goes before.
async function load(url: string, signal: AbortSignal | undefined): Promise<ImageBitmap | null> {
  const response = await fetch(url, { credentials: 'same-origin', priority: 'low', ...(signal ? { signal } : {}) });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(response.statusText); // it may be there the next time
  return createImageBitmap(await response.blob());
}

function forget(url: string, picture: Promise<ImageBitmap | null>): void {
  if (kept.get(url) !== picture) return;
  kept.delete(url);
  pixels.delete(url);
}

// Who shows a picture that is forgotten goes on having it.
function forgetOldest(): void {
  let sum = [...pixels.values()].reduce((a, b) => a + b, 0);
  for (const [url, picture] of kept) {
    if (kept.size <= kMaxKept && sum <= kMaxPixels) return;
    sum -= pixels.get(url) ?? 0;
    forget(url, picture);
  }
}

// Null when the server has none, and when it does not say. Addresses with an answer's revision never change; the others do
// not either. `signal`: what is no longer wanted does not stand in the way of what is.
export function bitmapAt(url: string, signal?: AbortSignal): Promise<ImageBitmap | null> {
  const known = kept.get(url);
  kept.delete(url); // to the end: used last
  const picture: Promise<ImageBitmap | null> = known ?? load(url, signal).then((bitmap) => {
    if (bitmap && kept.get(url) === picture) pixels.set(url, bitmap.width * bitmap.height);
    forgetOldest();
    return bitmap;
  }).catch(() => {
    forget(url, picture);
    return null;
  });
  kept.set(url, picture);
  if (!known && signal) forgetWhenAborted(url, picture, signal);
  return picture;
}

// At once, not when the failure comes through: the same picture may be wanted again right away.
function forgetWhenAborted(url: string, picture: Promise<ImageBitmap | null>, signal: AbortSignal): void {
  const abandon = (): void => forget(url, picture);
  signal.addEventListener('abort', abandon);
  void picture.then(() => signal.removeEventListener('abort', abandon));
}

// A restarted server counts answers anew: which one it is, is not sent but tells its pictures from the others'.
export const maskAddress = (object: number, view: number, size: number, of: { answer: number; server: string }): string =>
  `${address('mask', { object, view, size, answer: of.answer })}#${of.server}`;
// Which true object it is, the prompts decide.
export const truthAddress = (object: number, view: number, size: number, of: { answer: number; server: string }): string =>
  `${address('truth', { object, view, size, answer: of.answer })}#${of.server}`;
