import { Alert, Button, Center, PasswordInput, Stack, TextInput } from "@mantine/core";
import type { TFunction } from "i18next";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../../api/client";
import { useSignIn } from "../../shell/session";

/** Where somebody says who they are. The code is asked for once the password was right. */
export default function SignIn() {
  const { t } = useTranslation();
  const signIn = useSignIn();
  const [given, setGiven] = useState({ name: "", password: "", code: "" });
  const why = signIn.error instanceof Problem ? signIn.error.code : signIn.error ? "unknown" : "";
  const asksCode = why === "code_needed" || given.code !== "";
  const change = (key: keyof typeof given) => (event: { currentTarget: { value: string } }) =>
    setGiven({ ...given, [key]: event.currentTarget.value });

  function send(event: FormEvent) {
    event.preventDefault();
    const { code, ...rest } = given;
    signIn.mutate(code ? { ...rest, code } : rest);
  }

  return (
    <Center h="100%" component="main">
      <form className="card sign-in" onSubmit={send}>
        <Stack gap={16}>
          <img src="./mark.svg" alt="" width={36} height={36} />
          <h1>{t("sign_in.title")}</h1>
          {why && why !== "code_needed" && (
            <Alert color="red" role="alert">
              {sentence(t, why, signIn.error?.message ?? "")}
            </Alert>
          )}
          <TextInput label={t("sign_in.name")} autoComplete="username" required value={given.name} onChange={change("name")} />
          <PasswordInput
            label={t("sign_in.password")}
            visibilityToggleButtonProps={{ "aria-label": t("sign_in.show") }}
            autoComplete="current-password"
            required
            value={given.password}
            onChange={change("password")}
          />
          {asksCode && (
            <TextInput
              label={t("sign_in.code")}
              autoComplete="one-time-code"
              inputMode="numeric"
              autoFocus
              value={given.code}
              onChange={change("code")}
            />
          )}
          <Button type="submit" loading={signIn.isPending}>
            {t("sign_in.enter")}
          </Button>
        </Stack>
      </form>
    </Center>
  );
}

function sentence(t: TFunction, code: string, detail: string): string {
  if (code === "wrong_sign_in") return t("sign_in.wrong");
  return code === "too_many_tries" ? t("sign_in.slow") : t("app.failed", { why: detail });
}
