// The colours of tags by name: text and ground on light and on dark. Each pair has a contrast of at least 4.5 to 1.
export type Ink = { text: string; ground: string };
export const palette = {
  slate: { light: { text: "#3d4656", ground: "#e9ecf1" }, dark: { text: "#c9d1de", ground: "#2b323e" } },
  red: { light: { text: "#a11a1a", ground: "#fde8e8" }, dark: { text: "#ffb4b4", ground: "#4a1d1f" } },
  orange: { light: { text: "#8f3d06", ground: "#fdeadc" }, dark: { text: "#ffc190", ground: "#47280f" } },
  amber: { light: { text: "#734c00", ground: "#fbf0cf" }, dark: { text: "#f3d27a", ground: "#3d3110" } },
  green: { light: { text: "#1b6131", ground: "#e0f4e5" }, dark: { text: "#9fdcae", ground: "#173a22" } },
  teal: { light: { text: "#0b5f5d", ground: "#dcf3f1" }, dark: { text: "#8fdcd7", ground: "#0f3937" } },
  blue: { light: { text: "#164f9e", ground: "#e2edfc" }, dark: { text: "#a9cdff", ground: "#172f50" } },
  indigo: { light: { text: "#3f3a9e", ground: "#e9e8fc" }, dark: { text: "#c4c2ff", ground: "#2a2852" } },
  violet: { light: { text: "#6b2a96", ground: "#f3e6fb" }, dark: { text: "#e0bbf7", ground: "#3b1f4d" } },
  pink: { light: { text: "#97195b", ground: "#fce5f0" }, dark: { text: "#ffb3d6", ground: "#4a1a33" } },
} satisfies Record<string, { light: Ink; dark: Ink }>;

export type ColourName = keyof typeof palette;
export const colours = Object.keys(palette) as ColourName[];
export const isColour = (name: string): name is ColourName => name in palette;
