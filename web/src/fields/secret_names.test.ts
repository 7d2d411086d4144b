import { expect, test } from "vitest";
import { isSecretName, secretName } from "./secret_names";

test("a secret is called after its entry and what it is there", () => {
  expect(secretName("loyalty", "secret", [])).toBe("loyalty_key");
  expect(secretName("carrier", "password_secret", [])).toBe("carrier_password");
  expect(secretName("whatsapp", "access_token", [])).toBe("whatsapp_access_token");
  expect(secretName("whatsapp", "app_secret", [])).toBe("whatsapp_app_secret");
  expect(secretName("texts", "api_key_secret", [])).toBe("texts_api_key");
  expect(secretName("", "secret", [])).toBe("key");
});

test("no name that is taken is suggested, and none that the vault does not take", () => {
  expect(secretName("loyalty", "secret", ["loyalty_key", "loyalty_key_2"])).toBe("loyalty_key_3");
  for (const entry of ["+31 6", "été", "x".repeat(80), "-", "a b"]) expect(isSecretName(secretName(entry, "private_key", []))).toBe(true);
  expect(isSecretName(secretName("x".repeat(80), "secret", [secretName("x".repeat(80), "secret", [])]))).toBe(true);
  for (const wrong of ["", "-x", "a b", "é", "x".repeat(61)]) expect(isSecretName(wrong)).toBe(false);
});
