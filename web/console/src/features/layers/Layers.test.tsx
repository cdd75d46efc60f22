import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import { show } from "@/test-kit";
import { Bars } from "./parts/Bars";
import { Grid } from "./parts/Grid";
import { between, boundsOf, fieldOf, shadeOf, widthOf } from "./parts/model";

const cells = [
  { r: 5, f: 4, m: 5, persons: 3, net_fen: 90_000 },
  { r: 5, f: 4, m: 2, persons: 2, net_fen: 1_000 },
  { r: 1, f: 1, m: 1, persons: 8, net_fen: 800 },
];

test("a field of the grid holds all scores of money", () => {
  expect(fieldOf(cells, 5, 4)).toEqual({ persons: 5, net: 91_000 });
  expect(fieldOf(cells, 3, 3)).toEqual({ persons: 0, net: 0 });
});

test("nobody has no bar and a single one is still seen", () => {
  expect([widthOf(0, 9), widthOf(1, 1_000), widthOf(9, 9)]).toEqual([0, 2, 100]);
  expect([shadeOf(0, 9), shadeOf(1, 9), shadeOf(9, 9)]).toEqual([0, 1, 4]);
});

test("bounds ascend or are none", () => {
  expect(boundsOf(["7", "30", "90", "180"])).toEqual([7, 30, 90, 180]);
  expect(boundsOf(["1.5", "2", "2", "9"], 100)).toEqual([150, 200, 200, 900]);
  for (const bad of [["9", "3", "90", "180"], ["", "1", "2", "3"], ["x", "1", "2", "3"], ["-1", "0", "2", "3"]]) expect(boundsOf(bad)).toBeNull();
});

test("who came newly is no step between levels", () => {
  const flows = [{ from_level: "", to_level: "new", persons: 9 }, { from_level: "new", to_level: "buyer", persons: 2 }, { from_level: "buyer", to_level: "", persons: 1 }];
  expect(between(flows)).toEqual([flows[1]]);
});

test("the grid says what each field holds and leads to its people", async () => {
  const asked: unknown[] = [];
  await show(<Grid cells={cells} picked={{}} onPick={(f) => asked.push(f)} />);
  screen.getByRole("button", { name: /Recency 5, frequency 4: 5 people/ }).click();
  expect(asked).toEqual([{ r: 5, f: 4 }]);
});

test("bars name their level and its people", async () => {
  await show(<Bars ladder="stage" levels={[{ level: "new", persons: 12 }, { level: "lapsed", persons: 0 }]} />);
  expect(screen.getByText("New")).toBeTruthy();
  expect(screen.getByRole("img", { name: /New: 12/ })).toBeTruthy();
});
