// Conditions of a rule: numbered, edited in place, taken out again.
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it, vi } from "vitest";
import type { TagCondition } from "@/shared/types";
import { show } from "@/test-kit";
import { blank, Conditions } from "./parts/Conditions";

function Held({ told, first }: { told: (all: TagCondition[]) => void; first: TagCondition[] }) {
  const [value, setValue] = useState(first);
  return (
    <Conditions
      value={value} purchase
      onChange={(next) => {
        setValue(next);
        told(next);
      }}
    />
  );
}

it("changes one condition and leaves the others", async () => {
  const told = vi.fn();
  await show(<Held told={told} first={[blank("product_contains"), blank("amount_at_least")]} />);
  await userEvent.type(await screen.findByRole("textbox", { name: "Product name contains" }), "tea");
  expect(told).toHaveBeenLastCalledWith([{ is: "product_contains", text: "tea" }, { is: "amount_at_least", fen: 10_000 }]);
  await userEvent.click(screen.getByRole("button", { name: "Remove condition 1" }));
  expect(told).toHaveBeenLastCalledWith([{ is: "amount_at_least", fen: 10_000 }]);
});

it("keeps money in fen while people type yuan", async () => {
  const told = vi.fn();
  await show(<Held told={told} first={[blank("amount_at_least")]} />);
  const amount = await screen.findByRole("spinbutton", { name: "Amount (yuan)" });
  await userEvent.clear(amount);
  await userEvent.type(amount, "0.29");
  expect(told).toHaveBeenLastCalledWith([{ is: "amount_at_least", fen: 29 }]);
});
