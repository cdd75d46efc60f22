// Two wordings line by line: what stayed, what was taken out, what came in.
export type Changed = { how: "same" | "out" | "in"; text: string };

/** The shortest way from one text to the other, lines taken out before those that replace them. */
export function diff(before: string, after: string): Changed[] {
  const [a, b] = [before.split("\n"), after.split("\n")];
  // common[i][j]: how many lines the ends from i and from j share.
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    const row = common[i];
    for (let j = b.length - 1; row && j >= 0; j -= 1) row[j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: Changed[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ how: "same", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < a.length && (j >= b.length || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ how: "out", text: a[i] ?? "" });
      i += 1;
    } else {
      lines.push({ how: "in", text: b[j] ?? "" });
      j += 1;
    }
  }
  return lines;
}
