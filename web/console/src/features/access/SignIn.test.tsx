// The door: what is missing, what is wrong, a spent link, and a code that is sent only once.
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { StrictMode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { show } from "@/test-kit";
import { SignIn } from "./pages/SignIn";

const fetched = vi.fn<(request: Request) => Promise<Response>>();
const onDone = vi.fn();

beforeEach(() => {
  fetched.mockReset();
  onDone.mockReset();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => vi.unstubAllGlobals());

const refusal = (status: number, code: string, message: string) =>
  new Response(JSON.stringify({ error: { code, message, args: {}, request_id: "req_7" } }), { status, headers: { "content-type": "application/json" } });

async function fillAndSend() {
  await userEvent.type(await screen.findByLabelText("Login"), "lin");
  await userEvent.type(screen.getByLabelText("Password"), "not the right one");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

it("asks for both before it asks the server", async () => {
  await show(<SignIn onDone={onDone} />);
  await userEvent.click(await screen.findByRole("button", { name: "Sign in" }));
  expect((await screen.findByRole("alert")).textContent).toBe("Please fill in login and password.");
  expect(fetched).not.toHaveBeenCalled();
});

it("shows the server's sentence and keeps what was typed", async () => {
  fetched.mockResolvedValue(refusal(401, "access.wrong_login", "Login or password is wrong."));
  await show(<SignIn onDone={onDone} />);
  await fillAndSend();
  expect((await screen.findByRole("alert")).textContent).toContain("Login or password is wrong.");
  expect(screen.getByLabelText<HTMLInputElement>("Login").value).toBe("lin");
  expect(onDone).not.toHaveBeenCalled();
});

it("says when the server can't be reached", async () => {
  fetched.mockRejectedValue(new TypeError("failed"));
  await show(<SignIn onDone={onDone} />);
  await fillAndSend();
  expect((await screen.findByRole("alert")).textContent).toContain("can't be reached");
});

it("goes on when the server agrees, with the header that proves the console", async () => {
  fetched.mockResolvedValue(new Response(null, { status: 204 }));
  await show(<SignIn onDone={onDone} />);
  await fillAndSend();
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  const request = fetched.mock.calls[0]?.[0];
  expect(request?.headers.get("x-huoqun")).toBe("console");
  expect(await request?.clone().json()).toEqual({ login: "lin", password: "not the right one" });
});

it("spends a one-time code once and explains when it was spent before", async () => {
  fetched.mockResolvedValue(refusal(401, "access.code_spent", "…"));
  await show(<StrictMode><SignIn code="abc" onDone={onDone} /></StrictMode>);
  expect(await screen.findByText(/This sign-in link was used or has expired/)).toBeTruthy();
  expect(fetched).toHaveBeenCalledOnce();
});
