import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import type { TFunction } from "i18next";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../../api/client";
import { useSignIn } from "../../shell/session";

/** Name and password, below `children`. The code is asked for once the password was right, and from then on. */
export function SignInForm({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useTranslation();
  const signIn = useSignIn();
  const [given, setGiven] = useState({ name, password: "", code: "" });
  const [asksCode, setAsksCode] = useState(false);
  const why = signIn.error instanceof Problem ? signIn.error.code : signIn.error ? "unknown" : "";
  const change = (key: keyof typeof given) => (event: { currentTarget: { value: string } }) =>
    setGiven({ ...given, [key]: event.currentTarget.value });

  function send(event: FormEvent) {
    event.preventDefault();
    if (signIn.isPending) return;
    const code = given.code.replace(/\s/g, ""); // apps show it in two halves
    const onError = (error: Error) => error instanceof Problem && error.code === "code_needed" && setAsksCode(true);
    signIn.mutate({ name: given.name, password: given.password, ...(code ? { code } : {}) }, { onError });
  }

  return (
    <form onSubmit={send}>
      <Stack gap={16}>
        {children}
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
          data-autofocus={name !== "" || undefined}
          value={given.password}
          onChange={change("password")}
        />
        {asksCode && (
          <TextInput label={t("sign_in.code")} autoComplete="one-time-code" inputMode="numeric" maxLength={20} autoFocus value={given.code} onChange={change("code")} />
        )}
        <Button type="submit" loading={signIn.isPending}>
          {t("sign_in.enter")}
        </Button>
      </Stack>
    </form>
  );
}

function sentence(t: TFunction, code: string, detail: string): string {
  if (code === "wrong_sign_in") return t("sign_in.wrong");
  return code === "too_many_tries" ? t("sign_in.slow") : t("app.failed", { why: detail });
}
