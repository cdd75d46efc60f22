import { expect, test } from "vitest";
import { colours, type Ink, palette } from "./palette";

function light(hex: string): number {
  const parts = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
}
const contrast = ({ text, ground }: Ink) => {
  const [a, b] = [light(text), light(ground)].sort((x, y) => y - x) as [number, number];
  return (a + 0.05) / (b + 0.05);
};

test("every colour can be read on light and on dark", () => {
  expect(colours).toHaveLength(10);
  for (const name of colours) {
    expect(contrast(palette[name].light), `${name} on light`).toBeGreaterThan(4.5);
    expect(contrast(palette[name].dark), `${name} on dark`).toBeGreaterThan(4.5);
  }
});
