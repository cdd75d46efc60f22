// Moving a chip in the week: asked while it hovers, refused with a sentence and a better slot, moved by pointer and keys.
import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { show } from "@/test-kit";
import type { Chip, Slot, Verdict } from "./parts/week";
import { HOUR_PX, place, slotAt, slotByKey } from "./parts/week";
import { WeekGrid } from "./parts/WeekGrid";

const MONDAY = 20260817;
const chip: Chip = { id: "pst_1", title: "Menu of the day", day: 20260818, minute: 11 * 60, kind: "activity", way: "broadcast", state: "approved", tracked: true, movable: true, groups: 3 };
const refusal: Verdict = { ok: false, sentence: "The day has five posts already.", nearest: { day: 20260820, minute: 12 * 60 + 15 } };

const check = vi.fn<(chip: Chip, slot: Slot) => Promise<Verdict>>();
const move = vi.fn<(chip: Chip, slot: Slot) => Promise<Verdict>>();
const onOpen = vi.fn();

beforeEach(() => {
  for (const mock of [check, move]) mock.mockReset().mockResolvedValue({ ok: true, warnings: [] });
  onOpen.mockReset();
});

const grid = (chips: Chip[] = [chip]) =>
  show(
    <WeekGrid
      monday={MONDAY} chips={chips} ghosts={[]} bands={[{ kind: "quiet", from: 0, to: 480 }]} check={check} move={move} onOpen={onOpen} onAdd={() => {}}
      loads={[{ day: 20260818, posts: 3, cap: 5, broadcasts: 1, quota: 1 }]}
    />,
  );

const theChip = () => screen.findByRole("button", { name: /Menu of the day/ });

describe("by keyboard", () => {
  it("moves the lifted chip to the slot the arrows chose", async () => {
    await grid();
    (await theChip()).focus();
    await userEvent.keyboard("m{ArrowRight}{ArrowDown}{ArrowDown}{Enter}");
    await waitFor(() => expect(move).toHaveBeenCalledWith(chip, { day: 20260819, minute: 11 * 60 + 30 }));
    expect(screen.queryByRole("alert")).toBeNull();
  });
  it("shows the refusal while the chip still hovers", async () => {
    check.mockResolvedValue(refusal);
    await grid();
    (await theChip()).focus();
    await userEvent.keyboard("m{ArrowRight}");
    expect((await screen.findAllByText("The day has five posts already.")).length).toBeGreaterThan(0);
    expect(check).toHaveBeenCalledWith(chip, { day: 20260819, minute: 11 * 60 });
    expect(move).not.toHaveBeenCalled();
  });
  it("puts the chip back on Escape", async () => {
    await grid();
    (await theChip()).focus();
    await userEvent.keyboard("m{ArrowRight}{Escape}{Enter}");
    expect(move).not.toHaveBeenCalled();
    expect(onOpen).toHaveBeenCalledWith(chip);
  });
  it("doesn't lift what has left", async () => {
    await grid([{ ...chip, state: "sent", movable: false }]);
    (await theChip()).focus();
    await userEvent.keyboard("m{ArrowRight}{Enter}");
    expect(move).not.toHaveBeenCalled();
  });
});

describe("a refused drop", () => {
  it("says why in one sentence and takes the nearest good slot on a tap", async () => {
    move.mockResolvedValueOnce(refusal);
    await grid();
    (await theChip()).focus();
    await userEvent.keyboard("m{ArrowRight}{Enter}");
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("The day has five posts already.");
    await userEvent.click(screen.getByRole("button", { name: "Use Thu 12:15" }));
    await waitFor(() => expect(move).toHaveBeenLastCalledWith(chip, { day: 20260820, minute: 12 * 60 + 15 }));
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
  });
});

describe("by pointer", () => {
  it("drops where the pointer is and doesn't open the post", async () => {
    await grid();
    const button = await theChip();
    const body = button.closest<HTMLElement>(".week-days");
    vi.spyOn(body as HTMLElement, "getBoundingClientRect").mockReturnValue({ left: 0, top: 0, width: 700, height: 800 } as DOMRect);
    fireEvent.pointerDown(button, { button: 0, clientX: 150, clientY: 190, pointerType: "mouse" });
    const y = (15 - 7) * HOUR_PX + 10;
    fireEvent.pointerMove(window, { clientX: 350, clientY: y });
    fireEvent.pointerUp(window, { clientX: 350, clientY: y });
    fireEvent.click(button);
    await waitFor(() => expect(move).toHaveBeenCalledWith(chip, { day: 20260820, minute: 15 * 60 }));
    expect(onOpen).not.toHaveBeenCalled();
  });
});

describe("places", () => {
  it("snaps a point to a quarter of an hour within the week", () => {
    const box = { left: 100, top: 50, width: 700 };
    expect(slotAt(100 + 650, 50 + HOUR_PX * 1.1, box, MONDAY, 7)).toEqual({ day: 20260823, minute: 8 * 60 });
    expect(slotAt(5000, -400, box, MONDAY, 7)).toEqual({ day: 20260823, minute: 0 });
  });
  it("stays inside the week by keys", () => {
    expect(slotByKey({ day: MONDAY, minute: 0 }, "ArrowLeft", MONDAY)).toEqual({ day: MONDAY, minute: 0 });
    expect(slotByKey({ day: MONDAY, minute: 0 }, "ArrowUp", MONDAY)).toEqual({ day: MONDAY, minute: 0 });
    expect(slotByKey({ day: MONDAY, minute: 0 }, "x", MONDAY)).toBeNull();
  });
  it("pushes chips down that would cover each other", () => {
    const [a, b] = place([chip, { ...chip, id: "pst_2", minute: 11 * 60 + 5 }], 7, 42);
    expect((b?.top ?? 0) - (a?.top ?? 0)).toBeGreaterThanOrEqual(42);
  });
});
