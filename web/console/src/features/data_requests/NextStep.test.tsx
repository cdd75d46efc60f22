// What may be done about a request: one thing forward, a refusal with its ground, and no erasure by one careless click.
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import type { DataRequestDetail } from "@/shared/types";
import { show } from "@/test-kit";
import { NextStep } from "./parts/NextStep";

const request: DataRequestDetail = {
  id: "drq_1", person_id: "psn_1", person_name: "Xiaomei", kind: "erase", state: "received", channel: "staff", wish: "", received_at: 1, due_at: 2, overdue: false,
  verified_how: "", verified_at: 0, started_at: 0, ended_at: 0, outcome: "", legal_ground: "", steps: [], file: null, certificate: null, tombstones: 0, lifted: 0,
};
const draw = (part: Partial<DataRequestDetail>) => show(<NextStep request={{ ...request, ...part }} />);
const asked = () => {
  const fetch = vi.fn<(request: Request) => Promise<Response>>(() => Promise.resolve(Response.json({})));
  vi.stubGlobal("fetch", fetch);
  return fetch;
};
afterEach(() => vi.unstubAllGlobals());

it("asks how identity was verified before anything else", async () => {
  const fetch = asked();
  await draw({});
  const verify = await screen.findByRole("button", { name: "Identity is verified" });
  expect(verify).toHaveProperty("disabled", true);
  await userEvent.click(screen.getByLabelText("How it was verified"));
  await userEvent.paste("last four digits");
  await userEvent.click(verify);
  expect(fetch.mock.calls[0]?.[0].url).toContain("/api/v1/data-requests/drq_1/verify");
  expect(await fetch.mock.calls[0]?.[0].json()).toEqual({ note: "last four digits" });
});

it("erases only after a second yes", async () => {
  const fetch = asked();
  await draw({ state: "verified" });
  await userEvent.click(await screen.findByRole("button", { name: "Begin the erasure" }));
  expect(fetch).not.toHaveBeenCalled();
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: "Erase" }));
  expect(fetch.mock.calls[0]?.[0].url).toContain("/start");
});

it("has nothing to do while the product works, and nothing after the end", async () => {
  await draw({ state: "in_work" });
  expect(await screen.findByRole("status")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});
