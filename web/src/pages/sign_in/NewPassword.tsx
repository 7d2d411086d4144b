import { Alert, Button, Center, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePassword } from "../../shell/session";

/** Where somebody who came by an invitation chooses a password. */
export default function NewPassword() {
  const { t } = useTranslation();
  const choose = usePassword();
  const [password, setPassword] = useState("");

  function send(event: FormEvent) {
    event.preventDefault();
    choose.mutate(password);
  }

  return (
    <Center h="100%" component="main">
      <form className="card sign-in" onSubmit={send}>
        <Stack gap={16}>
          <h1>{t("sign_in.choose")}</h1>
          {choose.error && (
            <Alert color="red" role="alert">
              {choose.error.message}
            </Alert>
          )}
          <PasswordInput
            label={t("sign_in.password")}
            visibilityToggleButtonProps={{ "aria-label": t("sign_in.show") }}
            description={t("sign_in.length")}
            autoComplete="new-password"
            minLength={12}
            maxLength={256}
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={choose.isPending}>
            {t("sign_in.keep")}
          </Button>
        </Stack>
      </form>
    </Center>
  );
}
