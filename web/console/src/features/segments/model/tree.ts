// A wording as the builder holds it: the server's tree with keys that survive editing, and every edit as a pure function.
// Text is never read or written here: the server does both.

export type Ref = { id: string; name?: string };
export type Range = { min?: number; max?: number };
export type How = "any" | "all";
export type Days = { from?: string; to?: string };
export type Window = "ever" | { last_days: number } | { days_ago: { nearest: number; farthest: number } } | { between: Days };
export type When = { last_days: number } | { next_days: number } | { between: Days };
/** An act of the product by its word, or one of the owner's own by its name. */
export type Act = string | { event: string };
export type TextTest = { one_of: string[] } | { contains: string[] };

/** One line, as the server sends and takes it. Money in fen. */
export type Condition =
  | { in: { facet: string; how?: How; of: Ref[] } }
  | { tagged: { how?: How; of: Ref[]; window: Window } }
  | { did: { act: Act; of?: Ref[]; times?: Range; window?: Window } }
  | { last_did: { act: Act; of?: Ref[]; days_ago: Range } }
  | { spent: { amount: Range; window?: Window } }
  | { text: { field: Ref; test: TextTest } }
  | { number: { field: Ref; range: Range } }
  | { date: { field: Ref; when: When } }
  | { age: { field: Ref; range: Range; unit: "days" | "months" | "years" } }
  | { birthday: { field: Ref; next_days: number } }
  | { yes_no: { field: Ref; answer: boolean } }
  | { known: { field: Ref } }
  | { rfm: { recency?: Range; frequency?: Range; money?: Range } }
  | { consent: { purpose: Ref; answer: "granted" | "withdrawn" | "unasked" } };

export const groupKinds = ["all", "any", "none"] as const;
export type GroupKind = (typeof groupKinds)[number];
export type Expr = { all: Expr[] } | { any: Expr[] } | { none: Expr[] } | { is: Condition };

export type Leaf = { key: string; kind: "is"; condition: Condition };
export type Group = { key: string; kind: GroupKind; lines: Line[] };
export type Line = Leaf | Group;

let made = 0;
const fresh = () => `l${(made += 1)}`;

export const leaf = (condition: Condition): Leaf => ({ key: fresh(), kind: "is", condition });
export const group = (kind: GroupKind, lines: Line[] = []): Group => ({ key: fresh(), kind, lines });

function lineOf(expr: Expr): Line {
  if ("is" in expr) return leaf(expr.is);
  const kind = groupKinds.find((k) => k in expr) ?? "all";
  return group(kind, ((expr as Record<string, Expr[]>)[kind] ?? []).map(lineOf));
}

/** The server's tree for editing. The outermost line is always a group, so that a second line has a place. */
export function opened(expr: Expr): Group {
  const line = lineOf(expr);
  return line.kind === "is" ? group("all", [line]) : line;
}

const same = (line: Line): Expr => (line.kind === "is" ? { is: line.condition } : ({ [line.kind]: line.lines.map(same) } as Expr));
/** The tree as the server takes it. */
export const closed = (root: Group): Expr => same(root);

/** The index taken in each group on the way down. */
export function pathOf(root: Group, key: string): number[] | null {
  if (root.key === key) return [];
  for (const [at, line] of root.lines.entries()) {
    if (line.key === key) return [at];
    const rest = line.kind === "is" ? null : pathOf(line, key);
    if (rest) return [at, ...rest];
  }
  return null;
}

export function find(root: Group, key: string): Line | null {
  const path = pathOf(root, key);
  return path ? path.reduce<Line | null>((line, at) => (line && line.kind !== "is" ? (line.lines[at] ?? null) : null), root) : null;
}

/** The group that a line stands in, and its place there. */
export function placeOf(root: Group, key: string): { parent: Group; at: number } | null {
  const at = root.lines.findIndex((l) => l.key === key);
  if (at >= 0) return { parent: root, at };
  for (const line of root.lines) {
    const found = line.kind === "is" ? null : placeOf(line, key);
    if (found) return found;
  }
  return null;
}

/** Every line of a group replaced by what `to` makes of it: none, one or several. */
function each(root: Group, to: (line: Line) => Line[]): Group {
  return { ...root, lines: root.lines.flatMap((line) => to(line).map((l) => (l.kind === "is" ? l : each(l, to)))) };
}

const instead = (root: Group, key: string, lines: (line: Line) => Line[]) => each(root, (line) => (line.key === key ? lines(line) : [line]));

export const without = (root: Group, key: string): Group => instead(root, key, () => []);

export const reworded = (root: Group, key: string, condition: Condition): Group =>
  instead(root, key, (line) => [line.kind === "is" ? { ...line, condition } : line]);

export function regrouped(root: Group, key: string, kind: GroupKind): Group {
  if (root.key === key) return { ...root, kind };
  return instead(root, key, (line) => [line.kind === "is" ? line : { ...line, kind }]);
}

/** A line put into a group before its `at`-th line; at its end when there are fewer. */
export function inserted(root: Group, into: string, at: number, line: Line): Group {
  const put = (g: Group): Group => ({ ...g, lines: [...g.lines.slice(0, at), line, ...g.lines.slice(at)] });
  if (root.key === into) return put(root);
  // Not `each`: it would look into the new line as well.
  return { ...root, lines: root.lines.map((l) => (l.kind === "is" ? l : l.key === into ? put(l) : inserted(l, into, at, line))) };
}

/** A line taken out and put before another group's `at`-th line, counted before it was taken out. Nothing goes into itself. */
export function moved(root: Group, key: string, into: string, at: number): Group {
  const [line, from] = [find(root, key), placeOf(root, key)];
  if (!line || !from || !find(root, into) || key === into || (line.kind !== "is" && find(line, into))) return root;
  const shift = from.parent.key === into && from.at < at ? 1 : 0;
  return inserted(without(root, key), into, at - shift, line);
}

/** One step as a reader sees it: past a condition, into a group, out of a group at its ends. */
export function stepped(root: Group, key: string, way: -1 | 1): Group {
  const from = placeOf(root, key);
  if (!from) return root;
  const next = from.parent.lines[from.at + way];
  if (next && next.kind !== "is") return moved(root, key, next.key, way === 1 ? 0 : next.lines.length);
  if (next) return moved(root, key, from.parent.key, way === 1 ? from.at + 2 : from.at - 1);
  const outer = placeOf(root, from.parent.key);
  return outer ? moved(root, key, outer.parent.key, way === 1 ? outer.at + 1 : outer.at) : root;
}

const copied = (line: Line): Line => (line.kind === "is" ? leaf(line.condition) : group(line.kind, line.lines.map(copied)));

/** The same line once more, right after it. */
export const doubled = (root: Group, key: string): Group => instead(root, key, (line) => [line, copied(line)]);

/** The line inside a new group of its own. */
export const wrapped = (root: Group, key: string, kind: GroupKind): Group => {
  const [line, from] = [find(root, key), placeOf(root, key)];
  return line && from ? inserted(without(root, key), from.parent.key, from.at, group(kind, [line])) : root;
};

/** A group's lines in its place. */
export const unwrapped = (root: Group, key: string): Group => instead(root, key, (line) => (line.kind === "is" ? [line] : line.lines));

/** All keys from top to bottom, groups before their lines. */
export const keysOf = (root: Group): string[] => [root.key, ...root.lines.flatMap((l) => (l.kind === "is" ? [l.key] : keysOf(l)))];

/** Groups on the way down to the deepest line; 1 for a plain list. */
export const depthOf = (root: Group): number => 1 + Math.max(0, ...root.lines.map((l) => (l.kind === "is" ? 0 : depthOf(l))));

export type Question = { expr: Expr; /** Whose line stands at a path of the question. */ keyAt: Map<string, string>; /** Lines left out because something is still to be chosen. */ left: string[] };

/** What can be asked already: lines that are not finished, and groups without lines, are left out. */
export function question(root: Group, unfinished: (condition: Condition) => boolean): Question {
  const left: string[] = [];
  const keyAt = new Map<string, string>();
  const walk = (line: Line, path: number[]): Expr | null => {
    if (line.kind === "is" ? unfinished(line.condition) : line.lines.length === 0 && path.length > 0) {
      left.push(line.key);
      return null;
    }
    keyAt.set(path.join("."), line.key);
    if (line.kind === "is") return { is: line.condition };
    const lines: Expr[] = [];
    for (const inner of line.lines) {
      const expr = walk(inner, [...path, lines.length]);
      if (expr) lines.push(expr);
    }
    if (lines.length > 0 || path.length === 0) return { [line.kind]: lines } as Expr;
    keyAt.delete(path.join("."));
    return null;
  };
  return { expr: walk(root, []) ?? { all: [] }, keyAt, left };
}
