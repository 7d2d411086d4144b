import { Button } from "@mantine/core";
import { IconCheck, IconKey } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { sinceThen } from "../shell/times";
import { type FieldProps, shown, useAround } from "./field";
import { OneOf } from "./named";
import { isSecretName, secretName } from "./secret_names";
import { type Secret, useVault } from "./vault";

const GiveSecret = lazy(() => import("./GiveSecret"));

/** A secret by its name, never its value. Those who may give it a value here; others choose among the names. */
export function SecretName(props: FieldProps) {
  const { t } = useTranslation();
  const { secrets, mayRead, mayChange } = useVault();
  const { entry = "", piece } = useAround();
  const [isGiving, setIsGiving] = useState(false);
  const name = shown(props.value).trim();
  const known = secrets.find((one) => one.name === name);
  const isSet = known !== undefined && (known.updated_at !== null || known.is_given);
  const names = secrets.map((one) => one.name);
  return (
    <div className="field-secret">
      <OneOf {...props} names={names} />
      {!isGiving && (
        <div className="field-secret-state">
          {mayRead && name && <Told secret={known} />}
          {mayChange && !known?.is_given && (
            <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconKey size={14} aria-hidden />} onClick={() => setIsGiving(true)}>
              {isSet ? t("secrets.replace") : t("secrets.set")}
            </Button>
          )}
        </div>
      )}
      {isGiving && (
        <Suspense>
          <GiveSecret
            name={isSecretName(name) ? name : ""}
            suggested={secretName(entry || (piece?.type ?? ""), props.field.name, names)}
            secrets={secrets}
            onCancel={() => setIsGiving(false)}
            onGiven={(given) => {
              setIsGiving(false);
              if (given !== name) props.onChange(given);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

/** How it stands with a secret; undefined: nobody has given it a value. */
export function Told({ secret }: { secret: Secret | undefined }) {
  const { t, i18n } = useTranslation();
  if (secret?.is_given) return <span className="secret-told">{t("secrets.given")}</span>;
  if (!secret?.updated_at)
    return (
      <span className="secret-told" data-missing>
        {t("secrets.missing")}
      </span>
    );
  return (
    <span className="secret-told" data-set>
      <IconCheck size={14} aria-hidden />
      {t("secrets.set_since", { since: sinceThen(secret.updated_at, i18n.language) })}
    </span>
  );
}
