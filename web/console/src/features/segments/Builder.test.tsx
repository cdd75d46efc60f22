// The builder as somebody uses it: by keyboard, with live counts per line, refusals at their line, text read by the server.
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { SegmentPurpose } from "@/shared/types";
import { show } from "@/test-kit";
import { type Expr, opened } from "./model/tree";
import { BuilderDesk } from "./parts/BuilderDesk";
import { useBuilder } from "./parts/useBuilder";

const offer = {
  facets: [{ id: "tag", words: "tag", label: "", choices: "/api/v1/tags", values: [], recorded: true }],
  fields: [{ id: "fld_1", kind: "date", label: null, name: "Baby's birthday", minor: true, asks: ["date", "age", "birthday", "known"], values: [] }],
  acts: [{ id: "bought", words: "bought", label: "", subjects: [], values: [], recorded: true }],
  operators: ["in", "did", "spent", "age"].map((id) => ({ id, label: "", takes: [] })), groups: [], windows: [], answers: [], consent_purposes: [], purposes: [], first_words: [], limits: { conditions: 10, depth: 5, values: 10 },
};
type Body = { expr?: Expr; text?: string; person?: string };

const asked: Body[] = [];
/** What the server says to a question; the tests change it. */
let answer: (body: Body) => { status: number; body: unknown };
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

/** Counts 10 per line of the outermost group. */
function counted({ expr, text }: Body) {
  const tree = expr ?? { all: [{ is: { did: { act: "bought", times: { min: 7 } } } }] };
  const lines = "all" in tree ? tree.all : [];
  return { status: 200, body: { text: text ?? "printed", expr: tree, count: lines.length * 10, barred: 3, lines: [{ path: [], count: 1 }, ...lines.map((_, n) => ({ path: [n], count: (n + 1) * 10 }))], sample: [{ id: "per_1", name: "Wang", person_no: 1 }], gone: [], took_us: 5 } };
}

beforeEach(() => {
  asked.length = 0;
  answer = counted;
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname;
    if (path.endsWith("/vocabulary")) return json(offer);
    if (path.endsWith("/why")) return json({ matches: false, counts: true, barred: false, line: { path: [], kind: "all", holds: false, lines: [{ path: [0], kind: "is", holds: true, lines: [] }, { path: [1], kind: "is", holds: false, lines: [] }] } });
    if (path.endsWith("/ask")) {
      const body = (await request.json()) as Body;
      asked.push(body);
      const said = answer(body);
      return json(said.body, said.status);
    }
    return json({ items: [] });
  });
});
afterEach(() => vi.unstubAllGlobals());

const did = (min: number): Expr => ({ is: { did: { act: "bought", times: { min }, window: "ever" } } });

function Desk({ first }: { first: Expr }) {
  const [purpose, setPurpose] = useState<SegmentPurpose>("audience");
  const builder = useBuilder(useState(() => opened(first))[0], purpose);
  return <BuilderDesk builder={builder} purpose={purpose} onPurpose={setPurpose} />;
}

const line = (n: number) => screen.findByRole("button", { name: new RegExp(`^Bought ever, at least ${n} times`) });

it("counts every line by itself and says whom the purpose leaves out", async () => {
  await show(<Desk first={{ all: [did(1), did(2)] }} />);
  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("20 people"));
  const row = (await line(2)).closest("li");
  await waitFor(() => expect(within(row as HTMLElement).getByText("20")).toBeTruthy());
  expect(screen.getByText(/^3 more match/)).toBeTruthy();
});

it("moves, doubles, removes and takes back by keyboard", async () => {
  await show(<Desk first={{ all: [did(1), did(2)] }} />);
  const order = () => screen.getAllByRole("button", { name: /^Bought ever/ }).map((b) => /(\d) times/.exec(b.textContent ?? "")?.[1]).join("");
  fireEvent.keyDown(await line(2), { key: "ArrowUp", altKey: true });
  await waitFor(() => expect(order()).toBe("21"));
  expect(document.activeElement?.textContent).toContain("at least 2");
  fireEvent.keyDown(await line(1), { key: "d", ctrlKey: true });
  expect(order()).toBe("211");
  fireEvent.keyDown(await line(2), { key: "Delete" });
  expect(order()).toBe("11");
  fireEvent.keyDown(screen.getAllByRole("button", { name: /^Bought ever/ })[0] as HTMLElement, { key: "z", ctrlKey: true });
  expect(order()).toBe("211");
  await userEvent.click(screen.getByRole("button", { name: /Undo/ }));
  await userEvent.click(screen.getByRole("button", { name: /Undo/ }));
  expect(order()).toBe("12");
});

it("shows a refusal at the line it is about", async () => {
  answer = () => ({ status: 422, body: { error: { code: "segments.empty_range", message: "The end comes first.", args: { place: { path: [1] } } } } });
  await show(<Desk first={{ all: [did(1), did(2)] }} />);
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toBe("The end comes first.");
  expect(alert.closest("li")?.textContent).toContain("at least 2");
});

it("lets the server read a typed text, once, and keeps the tree when it can't", async () => {
  await show(<Desk first={{ all: [did(1)] }} />);
  const box = await screen.findByRole("textbox", { name: "As text" });
  fireEvent.change(box, { target: { value: "bought >= 7" } });
  await line(7);
  expect(asked.at(-1)).toMatchObject({ text: "bought >= 7" });
  expect((box as HTMLTextAreaElement).value).toBe("bought >= 7");
  answer = () => ({ status: 422, body: { error: { code: "segments.unexpected", message: "No such word.", args: { place: { offset: 0, length: 4, line: 1, column: 1 } } } } });
  fireEvent.change(box, { target: { value: "nope" } });
  expect((await screen.findByRole("alert")).textContent).toBe("No such word.");
  await line(7);
  await userEvent.click(screen.getByRole("button", { name: "Go to line 1, column 1" }));
  expect((box as HTMLTextAreaElement).selectionEnd).toBe(4);
});

it("marks which lines hold for a person of the sample", async () => {
  await show(<Desk first={{ all: [did(1), did(2)] }} />);
  await userEvent.click(await screen.findByRole("button", { name: "Why Wang" }));
  await waitFor(() => expect(screen.getByText(/is not in: see the lines/)).toBeTruthy());
  expect((await line(1)).closest("li")?.textContent).toContain("Holds");
  expect((await line(2)).closest("li")?.textContent).toContain("Doesn’t hold");
});

it("leaves an unfinished line out of the question", async () => {
  await show(<Desk first={{ all: [did(1), { is: { in: { facet: "tag", of: [] } } }] }} />);
  await screen.findByText("1 line isn’t finished and is left out for now.");
  await waitFor(() => expect(asked.at(-1)?.expr).toEqual({ all: [did(1)] }));
});

it("keeps money in fen while people type yuan", async () => {
  await show(<Desk first={{ all: [{ is: { spent: { amount: { min: 100 }, window: "ever" } } }] }} />);
  await userEvent.click(await screen.findByRole("button", { name: /^Spent/ }));
  const least = screen.getByRole("spinbutton", { name: "At least" });
  await userEvent.clear(least);
  await userEvent.type(least, "0.29");
  await waitFor(() => expect(asked.at(-1)?.expr).toEqual({ all: [{ is: { spent: { amount: { min: 29 }, window: "ever" } } }] }));
});

it("opens a new line for editing, and offers a group of its own", async () => {
  await show(<Desk first={{ all: [did(1)] }} />);
  const add = await screen.findByRole("combobox", { name: "Add a condition: the whole segment" });
  await userEvent.click(add);
  await userEvent.type(add, "gm");
  await userEvent.click(await screen.findByText("Bought: how often, when"));
  await screen.findByRole("spinbutton", { name: "Days, today included" });
  await userEvent.click(screen.getByRole("button", { name: "Add an “exclude” group: the whole segment" }));
  await screen.findByText("This group is still empty and is left out for now.");
  await waitFor(() => expect(asked.at(-1)?.expr).toEqual({ all: [did(1), { is: { did: { act: "bought", times: { min: 1 }, window: { last_days: 30 } } } }] }));
});

it("offers the company's own fields by their names, and asks them by id", async () => {
  await show(<Desk first={{ all: [did(1)] }} />);
  const add = await screen.findByRole("combobox", { name: "Add a condition: the whole segment" });
  await userEvent.click(add);
  await userEvent.type(add, "baby");
  await userEvent.click(await screen.findByText("Baby's birthday: how old"));
  await screen.findByRole("button", { name: /^Baby's birthday: 6 to 12 months old/ });
  const most = screen.getByRole("spinbutton", { name: "At most" });
  await userEvent.clear(most);
  await userEvent.type(most, "9");
  await waitFor(() => expect(asked.at(-1)?.expr).toEqual({ all: [did(1), { is: { age: { field: { id: "fld_1" }, range: { min: 6, max: 9 }, unit: "months" } } }] }));
});

it("calls a field what it is called now, whatever the wording calls it", async () => {
  await show(<Desk first={{ all: [{ is: { age: { field: { id: "fld_1", name: "Old name" }, range: { min: 6 }, unit: "months" } } }] }} />);
  await screen.findByRole("button", { name: /^Baby's birthday: at least 6 months old/ });
});
