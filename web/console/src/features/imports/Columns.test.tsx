// Columns of a file: a field means one column only, and the dry run begins with what was chosen.
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { ImportDetail } from "@/shared/types";
import { show } from "@/test-kit";
import { BadRows } from "./parts/BadRows";
import { Columns } from "./parts/Columns";
import { Counts } from "./parts/Counts";

const counts = { rows: 10, new: 4, changed: 2, unchanged: 3, bad: 1, erased: 0, by_union: 0, by_external: 0, by_phone: 5, by_order_no: 0 };
const file: ImportDetail = {
  id: "imp_1", kind: "people", file_name: "buyers.csv", format: "csv", encoding: "UTF-8", bytes: 100, state: "uploaded", error_code: "", error: "", policy: null, repeats: null,
  list_id: null, rows_total: 10, progress: 0, rows_per_second: null, checked: counts, taken: counts, operator_name: "Lin", created_at: 0, ended_at: null, purged: false,
  headers: ["姓名", "手机", "备注"], mapping: { columns: ["name", "phone", null], tag_separator: "", account_id: "", tag_group: "", list_name: "" },
  fields: ["name", "phone", "external_id", "union_id", "tags"], own_fields: [{ word: "custom:fld_1", name: "Baby's birthday" }], preview: [["小美", "13800000001", "=1+1"]],
  bad: [
    { row: 5, field: "phone", field_name: null, code: "imports.row_phone", message: "It is no phone number." },
    { row: 6, field: "custom:fld_1", field_name: "Baby's birthday", code: "people.value_not_date", message: "Baby's birthday takes a date that exists, for example 2026-08-17." },
  ],
};

afterEach(() => vi.unstubAllGlobals());

it("shows the first rows and sends the meaning of the columns", async () => {
  const sent: unknown[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "PUT") sent.push(await request.json());
    return Response.json(request.url.includes("mappings") ? { items: [] } : file);
  });
  const onMapped = vi.fn();
  await show(<Columns file={file} busy={false} onMapped={onMapped} />);
  expect(await screen.findByText("=1+1")).toBeTruthy();
  expect(screen.getByRole("combobox", { name: "What “手机” means" })).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Dry run" }));
  await vi.waitFor(() => expect(onMapped).toHaveBeenCalled());
  expect(sent).toEqual([file.mapping]);
});

it("offers the company's own fields as what a column means", async () => {
  const sent: { columns: (string | null)[] }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "PUT") sent.push((await request.json()) as { columns: (string | null)[] });
    return Response.json(request.url.includes("mappings") ? { items: [] } : file);
  });
  await show(<Columns file={file} busy={false} onMapped={vi.fn()} />);
  await userEvent.click(await screen.findByRole("combobox", { name: "What “备注” means" }));
  await userEvent.click(await screen.findByTitle("Baby's birthday"));
  await userEvent.click(screen.getByRole("button", { name: "Dry run" }));
  await vi.waitFor(() => expect(sent.at(-1)?.columns).toEqual(["name", "phone", "custom:fld_1"]));
});

it("names bad rows with field and cure, and how the known were recognised", async () => {
  await show(<><Counts counts={counts} /><BadRows file={file} /></>);
  expect(await screen.findByText("It is no phone number.")).toBeTruthy();
  expect(screen.getByText("5 recognised by phone")).toBeTruthy();
  expect(screen.getByText("Baby's birthday")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Download the report" }).getAttribute("href")).toBe("/api/v1/imports/imp_1/report");
});
