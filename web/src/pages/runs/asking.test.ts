import { expect, test } from "vitest";
import { askedIn, heardIn, queryOf, voicemailQueryOf } from "./asking";

const NOW = new Date(2026, 4, 2, 15, 30);
const asked = (said: string) => queryOf(askedIn(new URLSearchParams(said)), NOW);

test("what does not matter is not asked", () => {
  expect(asked("")).toEqual({});
  expect(asked("contact=ana&began=incoming_message/sms")).toEqual({ contact: "ana", trigger: "incoming_message", channel: "sms" });
});

test("a number is looked for as it is kept, however it is written", () => {
  expect(asked("contact=%2B31+6")).toEqual({ contact: "+316" });
});

test("a period begins at midnight here, and yesterday has an end", () => {
  const today = new Date(2026, 4, 2).toISOString();
  expect(asked("period=today")).toEqual({ after: today });
  expect(asked("period=yesterday")).toEqual({ after: new Date(2026, 4, 1).toISOString(), before: today });
  expect(asked("period=2026-05-02")).toEqual({ after: today, before: new Date(2026, 4, 3).toISOString() });
  expect(asked("period=1h")).toEqual({ after: new Date(2026, 4, 2, 14, 30).toISOString() });
  expect(asked("period=never")).toEqual({});
});

test("voicemails are asked for by contact, queue and period alone", () => {
  const heard = (said: string) => voicemailQueryOf(heardIn(new URLSearchParams(said)), NOW);
  expect(heard("")).toEqual({});
  expect(heard("contact=ana&queue=vip&outcome=lost")).toEqual({ contact: "ana", queue: "vip" });
  expect(heard("period=today")).toEqual({ after: new Date(2026, 4, 2).toISOString() });
});
