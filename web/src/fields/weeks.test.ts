import { expect, test } from "vitest";
import { countries } from "./places";
import { dayInWords, readSpan, readWeek, writeSpan, writeWeek } from "./weeks";

test("a week is read whether its days are written alone or in ranges, and the later one holds", () => {
  const week = readWeek({ "monday-friday": ["09:00-17:00"], Friday: ["09:00-12:00", "13:00-15:00"], "saturday-monday": [] });
  expect(week?.tuesday).toEqual(["09:00-17:00"]);
  expect(week?.friday).toEqual(["09:00-12:00", "13:00-15:00"]);
  expect([week?.monday, week?.sunday]).toEqual([[], []]);
});

test("what is no week is not taken for one", () => {
  expect([readWeek("monday"), readWeek({ someday: [] }), readWeek({ monday: "09:00-17:00" }), readWeek({ "monday-tuesday-friday": [] })]).toEqual([null, null, null, null]);
});

test("a written week says its open days alone, and nothing at all when it is closed", () => {
  const week = readWeek({ tuesday: ["09:00-17:00"] });
  expect(week && writeWeek(week)).toEqual({ tuesday: ["09:00-17:00"] });
  expect(writeWeek(readWeek(undefined) ?? ({} as never))).toBeUndefined();
});

test("a span is taken apart and put together, and nothing of an unfinished one gets lost", () => {
  expect(readSpan(" 09:00 - 17:30")).toEqual(["09:00", "17:30"]);
  expect(readSpan("9")).toEqual(["9", ""]);
  expect(writeSpan("22:00", "06:00")).toBe("22:00-06:00");
});

test("days and countries have the names of the page's language", () => {
  expect([dayInWords("monday", "en"), dayInWords("sunday", "es")]).toEqual(["Monday", "domingo"]);
  const spanish = countries("es");
  expect([spanish.NL, spanish.DE]).toEqual(["Países Bajos", "Alemania"]);
  expect(Object.keys(spanish).length).toBeGreaterThan(200);
  expect(spanish).not.toHaveProperty("EU");
});
