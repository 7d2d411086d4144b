import i18next from "i18next";
import { expect, test, vi } from "vitest";
import type { Catalogue } from "../api/pieces";
import { LOYALTY_EXITS, loyaltyFlow } from "../graph/samples";

vi.stubGlobal("document", { baseURI: "http://localhost/" }); // the API's client asks the page where it is
const { exitCalled, stepCalled } = await import("./called");

const words = { en: { title: "Fetch variables", "exit.found": "found" }, es: { title: "Obtener variables", "exit.found": "Encontrado" } };
const CATALOGUE = { steps: { fetch_variables: { words } }, triggers: {} } as unknown as Catalogue;

test("a step without a name is called by its type, and its ways out are told, in the language of the page", async () => {
  const flow = loyaltyFlow();
  await i18next.init({ lng: "es" });
  expect(stepCalled(flow, CATALOGUE, "look_up")).toBe("Obtener variables");
  expect(exitCalled(flow, LOYALTY_EXITS, CATALOGUE, "look_up", "found")).toBe("Encontrado");
});

test("what somebody wrote stays as it is, and so does what is not there any more", () => {
  const flow = loyaltyFlow();
  Object.assign(flow.steps.look_up ?? {}, { name: "Who calls?" });
  expect(stepCalled(flow, CATALOGUE, "look_up")).toBe("Who calls?");
  expect(exitCalled(flow, LOYALTY_EXITS, CATALOGUE, "tier", "vip")).toBe("vip");
  expect([stepCalled(flow, CATALOGUE, "gone"), exitCalled(flow, LOYALTY_EXITS, CATALOGUE, "gone", "vip")]).toEqual(["gone", "vip"]);
});
