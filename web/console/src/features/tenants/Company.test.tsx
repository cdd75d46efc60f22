// The company's settings: a wrong field is told at the field, a refusal keeps what was typed, a save can be undone.
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { me, show } from "@/test-kit";
import { SettingsForm } from "./parts/SettingsForm";
import { cutsWith } from "./parts/settings";
import { zonesIn } from "./parts/zones";

const fetched = vi.fn<(request: Request) => Promise<Response>>();

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => vi.unstubAllGlobals());

const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
const button = (name: string) => screen.getByRole<HTMLButtonElement>("button", { name });
const sent = async (n: number) => (await fetched.mock.calls[n]![0].clone().json()) as Record<string, unknown>;

async function setNumber(label: string, value: string) {
  const field = await screen.findByLabelText(label);
  await userEvent.clear(field);
  await userEvent.type(field, value);
}

it("tells at the field what can't be saved, before it is sent", async () => {
  await show(<SettingsForm tenant={me.tenant} may />);
  await setNumber("Warn after", "9");
  expect((await screen.findByRole("alert")).textContent).toBe("Please give a number from 1 to 5: not above the limit of a day.");
  expect(button("Save").disabled).toBe(true);
  await setNumber("Warn after", "4");
  expect(screen.queryByRole("alert")).toBeNull();
  expect(button("Save").disabled).toBe(false);
  expect(fetched).not.toHaveBeenCalled();
});

it("keeps what was typed when the server refuses, and shows its sentence at the field it names", async () => {
  fetched.mockImplementation(() => Promise.resolve(answer(422, { error: { code: "tenants.setting", message: "The setting name is out of bounds.", args: { field: "name", cure: "1–60" }, request_id: "req_1" } })));
  await show(<SettingsForm tenant={me.tenant} may />);
  const name = await screen.findByLabelText<HTMLInputElement>("Name");
  await userEvent.clear(name);
  await userEvent.type(name, "Orange");
  await userEvent.click(button("Save"));
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toBe("The setting name is out of bounds.");
  expect(alert.closest(".field")?.contains(name)).toBe(true);
  expect(name.value).toBe("Orange");
});

it("saves, and takes the change back", async () => {
  fetched.mockImplementation(async (request) => answer(200, { ...me.tenant, ...((await request.clone().json()) as object) }));
  await show(<SettingsForm tenant={me.tenant} may />);
  await setNumber("Posts per group and day, at most", "6");
  await userEvent.click(button("Save"));
  await userEvent.click(await screen.findByRole("button", { name: "Undo this change" }));
  await waitFor(() => expect(screen.getByRole("status").textContent).toBe("Everything is as it was before."));
  expect([(await sent(0)).daily_cap, (await sent(1)).daily_cap]).toEqual([6, 5]);
  expect(screen.getByLabelText<HTMLInputElement>("Posts per group and day, at most").value).toBe("5");
});

it("shows everything and lets nothing be changed without the permission", async () => {
  await show(<SettingsForm tenant={me.tenant} may={false} />);
  expect((await screen.findByLabelText<HTMLInputElement>("Name")).disabled).toBe(true);
  expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
});

it("finds zones by IANA name, offset and what people call them", () => {
  const zones = zonesIn("en", "Asia/Shanghai");
  const by = (typed: string) => zones.filter((z) => z.search.includes(typed)).map((z) => z.value);
  expect(by("shanghai")).toContain("Asia/Shanghai");
  expect(by("new york")).toContain("America/New_York");
  expect(by("utc+8")).toContain("Asia/Shanghai");
  expect(zonesIn("en", "Etc/GMT-8")[0]?.value).toBe("Etc/GMT-8");
});

it("offers half hours and keeps an odd one in use", () => {
  expect(cutsWith(240)).toHaveLength(13);
  expect(cutsWith(45)).toContain(45);
});
