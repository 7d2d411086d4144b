import { expect, test } from "vitest";
import { once } from "./once";

test("what is asked for twice at the same time is done once, and again later", async () => {
  const done: string[] = [];
  const begin = once(async (name: string) => (done.push(name), await Promise.resolve(), `${name} ${done.length}`));
  expect(await Promise.all([begin("day"), begin("day"), begin("night")])).toEqual(["day 2", "day 2", "night 2"]);
  await begin("day");
  expect(done).toEqual(["day", "night", "day"]);
});

test("what failed is tried anew", async () => {
  let tries = 0;
  const begin = once(async () => {
    tries += 1;
    throw new Error("away");
  });
  await expect(begin()).rejects.toThrow("away");
  await expect(begin()).rejects.toThrow("away");
  expect(tries).toBe(2);
});
