import i18next from "i18next";
import { expect, test } from "vitest";
import es from "../../words/es.json";
import { authorCalled } from "./authors";

test("what was published by nobody is said in the language of the page, and people keep their names", async () => {
  await i18next.init({ lng: "es", resources: { es: { translation: es } } });
  expect(["started with", "command line", "nina"].map((author) => authorCalled(author, i18next.t))).toEqual(["Arranque del servidor", "Línea de comandos", "nina"]);
});
