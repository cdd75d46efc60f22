// Text on its ground reaches WCAG AA in both schemes.
import { expect, it } from "vitest";
import { declarations, tokens, type Scheme, type Token } from "./tokens";

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a: string, b: string) => {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
};

const pairs: [Token, Token][] = [
  ["text", "surface"], ["text", "ground"], ["textSoft", "surface"], ["textSoft", "sunken"], ["textFaint", "surface"], ["accent", "surface"], ["accent", "ground"], ["onAccent", "accent"], ["accent", "accentSoft"],
  ["good", "goodSoft"], ["wait", "waitSoft"], ["bad", "badSoft"], ["unsure", "unsureSoft"],
  ["activity", "activitySoft"], ["content", "contentSoft"], ["popularity", "popularitySoft"], ["service", "serviceSoft"],
  ["text", "activitySoft"], ["text", "contentSoft"], ["text", "popularitySoft"], ["text", "serviceSoft"],
];

it.each(["light", "dark"] as Scheme[])("contrast in %s", (scheme) => {
  const poor = pairs.map(([ink, ground]) => [ink, ground, contrast(tokens[scheme][ink], tokens[scheme][ground])] as const).filter(([, , c]) => c < 4.5);
  expect(poor).toEqual([]);
});

it("writes the variables the style sheets use", () => {
  expect(declarations("light")).toContain("--text-soft:#5f5b54;");
});
