import { Alert, Button, PasswordInput, TextInput } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBeginCodes, useShowCode, useStopCodes } from "./codes";

const KeyPicture = lazy(() => import("./KeyPicture"));

/** Codes of an authenticator app: set up, or ended. */
export function Codes({ has }: { has: boolean }) {
  const { t } = useTranslation();
  return (
    <section className="card settings-part" aria-label={t("me.codes")}>
      <h2>{t("me.codes")}</h2>
      <p className="settings-asked">{has ? t("me.codes_on") : t("me.codes_about")}</p>
      {has ? <Ending /> : <Beginning />}
    </section>
  );
}

function Beginning() {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const begin = useBeginCodes();
  const show = useShowCode();
  const error = begin.error ?? show.error;
  if (!begin.data)
    return (
      <>
        {error && <Alert color="red" role="alert">{t("app.failed", { why: error.message })}</Alert>}
        <span>
          <Button variant="default" loading={begin.isPending} onClick={() => begin.mutate()}>
            {t("me.set_up")}
          </Button>
        </span>
      </>
    );
  return (
    <form
      className="settings-steps"
      onSubmit={(event) => {
        event.preventDefault();
        show.mutate(code.replaceAll(" ", ""));
      }}
    >
      <p className="settings-asked">{t("me.scan")}</p>
      <Suspense fallback={<span className="settings-key" />}>
        <KeyPicture address={begin.data.address} />
      </Suspense>
      <TextInput
        label={t("me.key")}
        description={t("me.key_about")}
        readOnly
        classNames={{ input: "code" }}
        value={begin.data.secret.replace(/(.{4})(?=.)/g, "$1 ")}
        onFocus={(event) => event.currentTarget.select()}
      />
      <p className="settings-asked">
        <a href={begin.data.address}>{t("me.open_app")}</a>
      </p>
      <TextInput label={t("me.code")} inputMode="numeric" autoComplete="one-time-code" maxLength={20} value={code} onChange={(event) => setCode(event.currentTarget.value)} />
      {error && <Alert color="red" role="alert">{t("app.failed", { why: error.message })}</Alert>}
      <span>
        <Button type="submit" disabled={code.replaceAll(" ", "").length < 6} loading={show.isPending}>
          {t("me.begin")}
        </Button>
      </span>
    </form>
  );
}

function Ending() {
  const { t } = useTranslation();
  const [password, setPassword] = useState("");
  const stop = useStopCodes();
  return (
    <form
      className="settings-steps"
      onSubmit={(event) => {
        event.preventDefault();
        stop.mutate(password);
      }}
    >
      <PasswordInput label={t("me.current")} visibilityToggleButtonProps={{ "aria-label": t("sign_in.show") }} autoComplete="current-password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
      {stop.error && <Alert color="red" role="alert">{t("app.failed", { why: stop.error.message })}</Alert>}
      <span>
        <Button type="submit" variant="default" disabled={password === ""} loading={stop.isPending}>
          {t("me.end")}
        </Button>
      </span>
    </form>
  );
}
