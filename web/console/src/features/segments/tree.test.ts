// The tree of a wording: what edits do to it, what can be asked of it, and how it goes to the server and back.
import { expect, it } from "vitest";
import { begun, changed, redone, undone } from "./model/history";
import { unfinished } from "./model/terms";
import { closed, type Condition, depthOf, doubled, type Expr, find, type Group, group, inserted, keysOf, leaf, moved, opened, pathOf, placeOf, question, regrouped, reworded, stepped, unwrapped, without, wrapped } from "./model/tree";

const tag = (id: string): Condition => ({ in: { facet: "tag", how: "any", of: id ? [{ id }] : [] } });
const is = (id: string): Expr => ({ is: tag(id) });

/** all { a ; any { b ; c } ; d } */
const given: Expr = { all: [is("a"), { any: [is("b"), is("c")] }, is("d")] };
const root = opened(given);
const keyAt = (at: Group, ...path: number[]): string => {
  const line = path.reduce<Group["lines"][number] | undefined>((l, n) => (l && l.kind !== "is" ? l.lines[n] : undefined), at);
  if (!line) throw new Error("no such line");
  return line.key;
};
/** The tree in short: `all(a any(b c) d)`. */
const short = (expr: Expr): string => {
  if ("is" in expr) return "in" in expr.is ? (expr.is.in.of[0]?.id ?? "?") : "!";
  const [kind, lines] = Object.entries(expr)[0] as [string, Expr[]];
  return `${kind}(${lines.map(short).join(" ")})`;
};
const now = (g: Group) => short(closed(g));
const [A, ANY, B, C, D] = [keyAt(root, 0), keyAt(root, 1), keyAt(root, 1, 0), keyAt(root, 1, 1), keyAt(root, 2)];

it("comes back from editing as it went in", () => {
  expect(closed(root)).toEqual(given);
  expect(now(opened(is("a")))).toBe("all(a)");
  expect(closed(opened({ none: [] }))).toEqual({ none: [] });
  expect(new Set(keysOf(root)).size).toBe(6);
});

it("finds lines by key and by path", () => {
  expect(pathOf(root, C)).toEqual([1, 1]);
  expect(pathOf(root, root.key)).toEqual([]);
  expect(pathOf(root, "nobody")).toBeNull();
  expect(find(root, D)).toMatchObject({ condition: tag("d") });
  expect(placeOf(root, C)).toMatchObject({ parent: { key: ANY }, at: 1 });
  expect(depthOf(root)).toBe(2);
});

it("takes out, puts in, rewords and doubles a line without touching the others", () => {
  expect(now(without(root, B))).toBe("all(a any(c) d)");
  expect(now(inserted(root, ANY, 1, leaf(tag("x"))))).toBe("all(a any(b x c) d)");
  expect(now(inserted(root, root.key, 99, group("none")))).toBe("all(a any(b c) d none())");
  expect(now(reworded(root, B, tag("x")))).toBe("all(a any(x c) d)");
  expect(now(regrouped(root, ANY, "none"))).toBe("all(a none(b c) d)");
  expect(now(regrouped(root, root.key, "any"))).toBe("any(a any(b c) d)");
  const twice = doubled(root, ANY);
  expect(now(twice)).toBe("all(a any(b c) any(b c) d)");
  expect(new Set(keysOf(twice)).size).toBe(9);
  expect(now(root)).toBe("all(a any(b c) d)");
});

it("moves a line into any group, but nothing into itself", () => {
  expect(now(moved(root, A, ANY, 2))).toBe("all(any(b c a) d)");
  expect(now(moved(root, C, root.key, 0))).toBe("all(c a any(b) d)");
  expect(now(moved(root, A, root.key, 3))).toBe("all(any(b c) d a)");
  expect(now(moved(root, A, root.key, 0))).toBe("all(a any(b c) d)");
  expect(moved(root, ANY, ANY, 0)).toBe(root);
  const deep = opened({ all: [{ any: [{ none: [is("a")] }] }] });
  expect(moved(deep, keyAt(deep, 0), keyAt(deep, 0, 0), 0)).toBe(deep);
});

it("walks through groups and out of them as a reader would", () => {
  const steps = ["all(any(a b c) d)", "all(any(b a c) d)", "all(any(b c a) d)", "all(any(b c) a d)", "all(any(b c) d a)", "all(any(b c) d a)"];
  let here = root;
  for (const step of steps) {
    here = stepped(here, A, 1);
    expect(now(here)).toBe(step);
  }
  for (const step of [...steps.slice(0, 4).reverse(), "all(a any(b c) d)", "all(a any(b c) d)"]) {
    here = stepped(here, A, -1);
    expect(now(here)).toBe(step);
  }
});

it("puts a line into a group of its own, and dissolves a group", () => {
  expect(now(wrapped(root, A, "none"))).toBe("all(none(a) any(b c) d)");
  expect(now(wrapped(root, B, "all"))).toBe("all(a any(all(b) c) d)");
  expect(wrapped(root, root.key, "all")).toBe(root);
  expect(now(unwrapped(root, ANY))).toBe("all(a b c d)");
});

it("asks without what is unfinished, and knows whose line an answer is about", () => {
  const open = opened({ all: [is(""), is("a"), { any: [is(""), is("b")] }, { none: [is("")] }, { any: [] }] });
  const asked = question(open, unfinished);
  expect(short(asked.expr)).toBe("all(a any(b))");
  expect(asked.keyAt.get("")).toBe(open.key);
  expect(asked.keyAt.get("0")).toBe(keyAt(open, 1));
  expect(asked.keyAt.get("1.0")).toBe(keyAt(open, 2, 1));
  expect(asked.keyAt.has("2")).toBe(false);
  expect(asked.left).toEqual([keyAt(open, 0), keyAt(open, 2, 0), keyAt(open, 3, 0), keyAt(open, 4)]);
  expect(short(question(opened({ any: [] }), unfinished).expr)).toBe("any()");
});

it("goes back and forth, and counts typing as one step", () => {
  let history = begun(0);
  history = changed(history, 1, "edit a");
  history = changed(history, 12, "edit a");
  history = changed(history, 5, "edit b");
  expect(changed(history, 5)).toBe(history);
  history = undone(history);
  expect(history.now).toBe(12);
  history = undone(history);
  expect(history.now).toBe(0);
  expect(undone(history)).toBe(history);
  expect(redone(redone(redone(history))).now).toBe(5);
  expect(redone(changed(redone(history), 7)).now).toBe(7);
});
