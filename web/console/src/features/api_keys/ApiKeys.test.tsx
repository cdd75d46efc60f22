// Making a key: only rights that one has can be ticked, and the token is handed over once.
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { NewApiKey } from "@/shared/types";
import { show } from "@/test-kit";
import { KeyForm } from "./parts/KeyForm";

const sent: { path: string; body: unknown }[] = [];
const onMade = vi.fn<(made: NewApiKey) => void>();

const answers: Record<string, unknown> = {
  "/api/v1/api-key-scopes": [{ scope: "people:read", yours: true }, { scope: "people:write", yours: false }, { scope: "events:write", yours: true }],
  "/api/v1/communities": { items: [] },
  "/api/v1/api-keys": { token: "hq_secret", key: { id: "key_1", name: "Till" } },
};

beforeEach(() => {
  sent.length = 0;
  onMade.mockReset();
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname;
    if (request.method === "POST") sent.push({ path, body: await request.json() });
    return new Response(JSON.stringify(answers[path]), { status: 200, headers: { "content-type": "application/json" } });
  });
});
afterEach(() => vi.unstubAllGlobals());

it("gives the ticked rights and hands the token over", async () => {
  await show(<KeyForm onClose={() => {}} onMade={onMade} />);
  expect((await screen.findByLabelText<HTMLInputElement>("People write")).disabled).toBe(true);
  const make = screen.getByRole<HTMLButtonElement>("button", { name: "Make the key" });
  expect(make.disabled).toBe(true);
  await userEvent.type(screen.getByLabelText("Name"), "Till");
  await userEvent.click(screen.getByLabelText("Custom events write"));
  await userEvent.click(screen.getByLabelText("People read"));
  await userEvent.click(screen.getByLabelText("People read"));
  await userEvent.click(make);
  await waitFor(() => expect(onMade).toHaveBeenCalledOnce());
  expect(onMade.mock.calls[0]?.[0].token).toBe("hq_secret");
  expect(sent).toHaveLength(1);
  expect(sent[0]).toMatchObject({ path: "/api/v1/api-keys", body: { name: "Till", scopes: ["events:write"], networks: [], per_minute: 300, community_id: null } });
});
