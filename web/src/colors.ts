// "#rrggbb" as numbers, and what can be read on it.
export function parseColor(text: string): [number, number, number] {
  const value = /^#?([0-9a-f]{6})$/i.exec(text)?.[1];
  if (value === undefined) return [128, 128, 128];
  const number = parseInt(value, 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

function linear(byte: number): number {
  const x = byte / 255;
  return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
}

// Relative luminance, WCAG 2.
export function luminance(color: [number, number, number]): number {
  return 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
}

// Black or white, whichever stands out more.
export function inkOn(text: string): string {
  return luminance(parseColor(text)) > 0.179 ? '#000000' : '#ffffff';
}
