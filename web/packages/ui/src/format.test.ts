// The formatters: money, zones, intervals.
import { describe, expect, it } from "vitest";
import { clock, dayAndClock, dayOf, instantOf, mondayOf, parseYuan, percent, plusDays, SMALL_BASE, weekday, when, wilson, yuan } from "./format";

const SHANGHAI = "Asia/Shanghai";
const MADRID = "Europe/Madrid";

describe("money", () => {
  it("shows yuan with two decimals from fen", () => {
    expect(yuan(123450, "zh-CN")).toBe("¥1,234.50");
    expect(yuan(5, "en")).toBe("¥0.05");
    expect(yuan(-1230, "en")).toBe("−¥12.30");
    expect(yuan(123450, "es")).toBe("¥1.234,50");
  });
  it("reads what an operator types and refuses the rest", () => {
    expect(["12", "12.3", "¥1,234.50", " 7.00 "].map(parseYuan)).toEqual([1200, 1230, 123450, 700]);
    expect(["", "1.234", "abc", "-1", "1e3"].map(parseYuan)).toEqual([null, null, null, null, null]);
  });
});

describe("time in the tenant's zone", () => {
  const at = Date.UTC(2026, 7, 21, 16, 5); // five past midnight on the 22nd in Shanghai
  it("takes the local day and clock, not the browser's", () => {
    expect(dayOf(at, SHANGHAI)).toBe(20260822);
    expect(clock(at, SHANGHAI)).toBe("00:05");
    expect(dayOf(at, MADRID)).toBe(20260821);
  });
  it("finds the instant of a local slot, across a clock change too", () => {
    expect(instantOf(20260822, 5, SHANGHAI)).toBe(at);
    expect(clock(instantOf(20260329, 12 * 60, MADRID), MADRID)).toBe("12:00");
    expect(clock(instantOf(20261025, 1 * 60, MADRID), MADRID)).toBe("01:00");
  });
  it("is relative only under an hour", () => {
    expect(when(at - 5 * 60_000, at, SHANGHAI, "en")).toBe("5 minutes ago");
    expect(when(at + 59 * 60_000, at, SHANGHAI, "zh-CN")).toBe("59分钟后");
    expect(when(at + 3 * 3_600_000, at, SHANGHAI, "en")).toBe("03:05");
    expect(when(at - 3 * 3_600_000, at, SHANGHAI, "en")).toBe("Aug 21 21:05");
  });
  it("names the year only when it isn't this one", () => {
    expect(dayAndClock(at, at, SHANGHAI, "zh-CN")).toBe("8月22日 00:05");
    expect(dayAndClock(at - 365 * 86_400_000, at, SHANGHAI, "zh-CN")).toBe("2025年8月22日 00:05");
  });
  it("counts days over months and weeks from Monday", () => {
    expect(plusDays(20240228, 2)).toBe(20240301);
    expect(weekday(20260821)).toBe(5);
    expect(mondayOf(20260823)).toBe(20260817);
    expect(mondayOf(20260817)).toBe(20260817);
  });
});

describe("rates", () => {
  it("says when there is no base", () => {
    expect(percent(null, "en")).toBe("–");
    expect(percent(0 / 0, "en")).toBe("–");
    expect(percent(0.1234, "en")).toBe("12.3%");
  });
  it("gives Wilson's interval at 90 %", () => {
    const [low, high] = wilson(10, 100);
    expect(low).toBeCloseTo(0.0607, 4);
    expect(high).toBeCloseTo(0.1604, 4);
    expect(wilson(0, 0)).toEqual([0, 1]);
    expect(wilson(0, SMALL_BASE)[0]).toBe(0);
  });
});
