// Colours and sizes of every screen, light and dark, in one place. CSS variables and the antd theme are made from them.

export type Scheme = "light" | "dark";

const light = {
  ground: "#f7f6f3", surface: "#ffffff", raised: "#ffffff", sunken: "#f0eeea", line: "#e3e0da", lineStrong: "#c9c5bd",
  text: "#23211e", textSoft: "#5f5b54", textFaint: "#767168", accent: "#0b6e63", accentSoft: "#e3f0ed", onAccent: "#ffffff",
  good: "#2b7a3d", goodSoft: "#e6f3e8", wait: "#8a5a00", waitSoft: "#fbf0d9", bad: "#b3261e", badSoft: "#fbe9e7",
  unsure: "#6a4ba3", unsureSoft: "#efe9f8",
  activity: "#a84a0c", activitySoft: "#fcebdf", content: "#1f5fa8", contentSoft: "#e4eef9",
  popularity: "#9a2c6f", popularitySoft: "#f9e6f1", service: "#5a5f66", serviceSoft: "#eceef0",
  shadow: "0 6px 24px rgb(40 36 30 / 16%)",
};

const dark: typeof light = {
  ground: "#171614", surface: "#1f1e1b", raised: "#282623", sunken: "#131210", line: "#35322d", lineStrong: "#4d4942",
  text: "#ece9e3", textSoft: "#b5b0a6", textFaint: "#98938a", accent: "#5cc2b2", accentSoft: "#1d3733", onAccent: "#0b1f1c",
  good: "#7cc98b", goodSoft: "#1e3323", wait: "#e5b454", waitSoft: "#3a2e14", bad: "#f28b82", badSoft: "#40211e",
  unsure: "#bba3ea", unsureSoft: "#2e2640",
  activity: "#f0a070", activitySoft: "#402a1c", content: "#86b6ee", contentSoft: "#1c2c40",
  popularity: "#e793c5", popularitySoft: "#3c2033", service: "#b3b9c0", serviceSoft: "#2b2e31",
  shadow: "0 6px 24px rgb(0 0 0 / 55%)",
};

export const tokens: Record<Scheme, typeof light> = { light, dark };
export type Token = keyof typeof light;

export const fontFamily =
  '"PingFang SC", "HarmonyOS Sans SC", "Noto Sans SC", "Noto Sans CJK SC", "Microsoft YaHei", system-ui, -apple-system, "Segoe UI", sans-serif';

const kebab = (name: string) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

/** The variables of one scheme as CSS declarations: `--text-soft: …;`. */
export function declarations(scheme: Scheme): string {
  return Object.entries(tokens[scheme]).map(([name, value]) => `--${kebab(name)}:${value};`).join("");
}

/** Style sheet text for both schemes: `data-scheme` on the root wins over what the system prefers. */
export function tokensCss(): string {
  return (
    `:root{color-scheme:light;--font:${fontFamily};${declarations("light")}}` +
    `@media (prefers-color-scheme:dark){:root:not([data-scheme=light]){color-scheme:dark;${declarations("dark")}}}` +
    `:root[data-scheme=dark]{color-scheme:dark;${declarations("dark")}}`
  );
}
