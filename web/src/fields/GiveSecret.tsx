import { Alert, Button, Group, PasswordInput, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { FactsWords } from "../pages/settings/facts/FactsWords";
import { isSecretName } from "./secret_names";
import { type Secret, useGiveSecret } from "./vault";

interface GiveSecretProps {
  /** The secret that gets a value; empty: whoever gives it also names it. */
  name: string;
  /** What it may be called. */
  suggested: string;
  secrets: readonly Secret[];
  onGiven: (name: string) => void;
  onCancel: () => void;
}

/** Type the value of a secret. It goes to the server and is never shown again. */
export default function GiveSecret(props: GiveSecretProps) {
  return (
    <FactsWords>
      <Giving {...props} />
    </FactsWords>
  );
}

function Giving({ name, suggested, secrets, onGiven, onCancel }: GiveSecretProps) {
  const { t } = useTranslation();
  const [called, setCalled] = useState(suggested);
  const [value, setValue] = useState("");
  const give = useGiveSecret();
  const wanted = name || called.trim();
  const there = secrets.find((one) => one.name === wanted);
  const replaces = !name && there !== undefined && there.updated_at !== null;
  const lines = value.split("\n").length;

  function keep() {
    if (!value || !isSecretName(wanted) || give.isPending) return;
    give.mutate(
      { name: wanted, value },
      {
        onSuccess: () => {
          setValue("");
          give.reset(); // what was sent is not to be found in the page
          onGiven(wanted);
        },
      },
    );
  }

  return (
    <div className="field-card" role="group" aria-label={t("secrets.set")}>
      {!name && (
        <TextInput
          label={t("secrets.name")}
          description={t("secrets.name_about")}
          classNames={{ input: "code" }}
          value={called}
          error={called.trim() !== "" && !isSecretName(called.trim()) ? t("secrets.bad_name") : null}
          onChange={(event) => setCalled(event.currentTarget.value)}
        />
      )}
      {replaces && <p className="field-warn">{t("secrets.replaces", { name: wanted })}</p>}
      <PasswordInput
        label={t("secrets.value")}
        description={lines > 1 ? t("secrets.lines", { count: lines }) : t("secrets.value_about")}
        autoComplete="new-password"
        data-autofocus
        autoFocus
        maxLength={10_000}
        value={value}
        visibilityToggleButtonProps={{ "aria-label": t("secrets.look") }}
        onChange={(event) => setValue(event.currentTarget.value)}
        onPaste={(event) => {
          // An input of one line would drop the line breaks of a private key.
          const pasted = event.clipboardData.getData("text");
          if (!/\n./s.test(pasted.trim())) return;
          event.preventDefault();
          setValue(pasted.replace(/\r\n/g, "\n"));
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault(); // of the form around
          keep();
        }}
      />
      {give.error && <Alert color="red">{give.error.message}</Alert>}
      <Group gap="xs" justify="flex-end">
        <Button variant="default" size="compact-md" onClick={onCancel}>
          {t("secrets.cancel")}
        </Button>
        <Button size="compact-md" disabled={!value || !isSecretName(wanted)} loading={give.isPending} onClick={keep}>
          {t("secrets.keep")}
        </Button>
      </Group>
    </div>
  );
}
