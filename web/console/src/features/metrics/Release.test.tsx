// The release card: counts, rates, intervals, the ghost of the baseline, greying, missed groups, four decisions.
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import type { Rate, ReleaseCard } from "@/shared/types";
import { show } from "@/test-kit";
import { widthOf } from "./parts/card";
import { ReleaseView } from "./parts/ReleaseView";

const AT = Date.UTC(2026, 7, 21, 3, 0); // 11:00 in Shanghai
const rate = (count: number, base: number, low: number, high: number): Rate => ({ count, base, value: count / base, low, high, grey: base < 30 });

const card: ReleaseCard = {
  post_id: "pst_1", community_id: "com_1", title: "Menu of the day", series: "menu", kind: "activity", way: "broadcast", day: 20260821, hour: 11, due_at: AT, starts_at: AT, first_sent_at: AT,
  groups_total: 3, groups_sent: 2, groups_missed: 1, counted_at: AT + 3_600_000, decided: false,
  figures: { reach: 400, opens: 100, orders: 12, buyers: 10, paid: 123450, refunded: 0, leaves: 2 },
  clicks: 140, unidentified: 9, late: 0, ripe: true, decision: null, before: null,
  rates: { open: rate(100, 400, 0.216, 0.287), buy: rate(10, 400, 0.015, 0.041), buy_of_open: rate(10, 100, 0.06, 0.16), leave: rate(2, 400, 0.002, 0.015) },
  baseline: { releases: 7, reach: 390, opens: 80, orders: 9, paid: 100000, leaves: 1, open_rate: 0.2, buy_rate: null, leave_rate: 0.003 },
  groups: [
    { group_id: "grp_1", group_name: "Lunch north", staff_id: "s1", staff_name: "Lin", state: "sent", reason: "", at: AT, reason_text: "", late: false },
    { group_id: "grp_2", group_name: "Lunch south", staff_id: "s2", staff_name: "Wei", state: "sent", reason: "", at: AT + 1_800_000, reason_text: "", late: true },
    { group_id: "grp_3", group_name: "Lunch west", staff_id: "s3", staff_name: "Mei", state: "missed", reason: "tasks.expired", at: 0, reason_text: "Nobody tapped in time.", late: false },
  ],
};

const draw = (part: Partial<ReleaseCard> = {}, onDecide = vi.fn()) => show(<ReleaseView card={{ ...card, ...part }} locked={false} busy={false} error={null} onDecide={onDecide} />);
const row = (container: HTMLElement, step: string) => container.querySelector<HTMLElement>(`[data-step=${step}]`) as HTMLElement;

it("shows counts, rates and their intervals", async () => {
  const { container } = await draw();
  await screen.findByText("What came of it");
  expect(within(row(container, "reach")).getByText("400")).toBeTruthy();
  const opens = row(container, "opens");
  expect(within(opens).getByText("25.0%")).toBeTruthy();
  expect(within(opens).getByText("21.6%–28.7%")).toBeTruthy();
  expect(within(opens).getByText("usually 20.0%")).toBeTruthy();
  expect(screen.getByText("¥1,234.50")).toBeTruthy();
});

it("narrows the bar, draws the ghost at the usual rate and the whisker over the interval", async () => {
  const { container } = await draw();
  await screen.findByText("What came of it");
  const opens = row(container, "opens");
  const width = (name: string) => parseFloat(opens.querySelector<HTMLElement>(name)?.style.width ?? "NaN");
  expect(width(".funnel-bar")).toBeCloseTo(widthOf(0.25), 3);
  expect(width(".funnel-ghost")).toBeCloseTo(widthOf(0.2), 3);
  expect(width(".funnel-whisker")).toBeCloseTo(widthOf(0.287) - widthOf(0.216), 3);
  expect(row(container, "buyers").querySelector(".funnel-ghost")).toBeNull();
  expect(widthOf(0.025)).toBeLessThan(widthOf(0.25));
});

it("greys what rests on fewer than thirty", async () => {
  const figures = { ...card.figures, reach: 20, opens: 5, buyers: 1 };
  const { container } = await draw({ figures, rates: { ...card.rates, open: rate(5, 20, 0.12, 0.44), buy: rate(1, 20, 0.01, 0.19) } });
  await screen.findByText("What came of it");
  expect(["reach", "opens", "buyers"].map((step) => row(container, step).classList.contains("small"))).toEqual([true, true, true]);
});

it("doesn't grey a solid base", async () => {
  const { container } = await draw();
  await screen.findByText("What came of it");
  expect(row(container, "opens").classList.contains("small")).toBe(false);
});

it("names the groups that were missed or late, and no others", async () => {
  await draw();
  expect(await screen.findByText("Lunch west")).toBeTruthy();
  expect(screen.getByText(/Nobody tapped in time/)).toBeTruthy();
  expect(screen.getByText("late, 11:30")).toBeTruthy();
  expect(screen.queryByText("Lunch north")).toBeNull();
});

it("records keep at once, and move only with a time", async () => {
  const onDecide = vi.fn();
  await draw({}, onDecide);
  await userEvent.type(await screen.findByLabelText(/Why/), "works");
  await userEvent.click(screen.getByRole("button", { name: /Keep/ }));
  expect(onDecide).toHaveBeenLastCalledWith({ verdict: "keep", note: "works" });
  await userEvent.click(screen.getByRole("button", { name: /^Move/ }));
  expect(onDecide).toHaveBeenCalledTimes(1);
  await userEvent.click(screen.getByRole("button", { name: "Move to 11:00" }));
  expect(onDecide).toHaveBeenLastCalledWith({ verdict: "move", minute: 660, note: "works" });
});

it("tells what was decided last time and what came of it", async () => {
  const decision = { id: "dec_1", post_id: "pst_0", verdict: "change", minute: null, note: "shorter text", decided_by: "Lin", at: AT - 7 * 86_400_000 };
  await draw({ before: { decision, figures: card.figures, open: rate(60, 400, 0.12, 0.18) } });
  expect(await screen.findByText(/“shorter text”.*from 15.0% to 25.0%/)).toBeTruthy();
});
