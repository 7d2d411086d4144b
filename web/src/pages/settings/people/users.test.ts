import { expect, test, vi } from "vitest";

vi.stubGlobal("document", { baseURI: "http://localhost/" }); // the API's client asks the page where it is
const { grantable, ROLES, standingOf } = await import("./users");

test("only owners make and change owners", () => {
  expect(grantable("owner")).toEqual(ROLES);
  expect(grantable("admin")).toEqual(ROLES.filter((role) => role !== "owner"));
});

test("somebody is invited until they chose a password, and shut out whatever else they are", () => {
  expect(standingOf({ disabled_at: null, has_password: false })).toBe("invited");
  expect(standingOf({ disabled_at: null, has_password: true })).toBe("active");
  expect(standingOf({ disabled_at: "2026-01-01T00:00:00Z", has_password: false })).toBe("disabled");
});
