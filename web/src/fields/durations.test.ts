import { expect, test } from "vitest";
import { durationInWords, readDuration, secondsOf, unitInWords, writeDuration } from "./durations";

test("what is written is read and written back the same", () => {
  for (const written of ["20s", "2m", "24h", "7d", "250ms", "1.5h"]) {
    const read = readDuration(written);
    expect(read && writeDuration(read)).toBe(written);
  }
});

test("what is no duration is left alone", () => {
  expect(readDuration("soon")).toBeNull();
  expect(readDuration(20)).toBeNull();
  expect(durationInWords("soon", "en")).toBe("soon");
});

test("durations are said in the language of the page", () => {
  expect(durationInWords("2m", "en")).toBe("2 minutes");
  expect(durationInWords("1h", "es")).toBe("1 hora");
  expect(unitInWords("minute", "pt")).toBe("minutos");
  expect(secondsOf({ amount: 2, unit: "minute" })).toBe(120);
});
