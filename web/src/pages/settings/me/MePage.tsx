import { Alert, Button, PasswordInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useSession } from "../../../shell/session";
import { Codes } from "./Codes";
import { useNewPassword } from "./codes";

/** One's own way in: the password, and the codes beside it. */
export default function MePage() {
  const { t } = useTranslation();
  const { session } = useSession();
  const maySeeMore = useMay()("flows.read");
  if (!session) return null;
  return (
    <>
      <header className="settings-head">
        <div>
          <h1>{t("settings.places.me")}</h1>
          <p className="muted">{t("me.about", { name: session.name, role: t(`people.roles.${session.role}`) })}</p>
          {!maySeeMore && <p className="muted">{t("me.only_this")}</p>}
        </div>
      </header>
      <div className="settings-columns">
        <Password />
        <Codes has={session.has_codes} />
      </div>
    </>
  );
}

function Password() {
  const { t } = useTranslation();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const change = useNewPassword();
  const show = { "aria-label": t("sign_in.show") };

  function send(event: FormEvent) {
    event.preventDefault();
    change.mutate({ current, password }, { onSuccess: () => (setCurrent(""), setPassword("")) });
  }

  return (
    <form className="card settings-part" aria-label={t("me.password")} onSubmit={send}>
      <h2>{t("me.password")}</h2>
      <PasswordInput label={t("me.current")} visibilityToggleButtonProps={show} autoComplete="current-password" value={current} onChange={(event) => setCurrent(event.currentTarget.value)} />
      <PasswordInput label={t("me.new")} description={t("sign_in.length")} visibilityToggleButtonProps={show} autoComplete="new-password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} />
      <p className="muted small settings-asked">{t("me.others_end")}</p>
      {change.error && <Alert color="red" role="alert">{t("app.failed", { why: change.error.message })}</Alert>}
      <div role="status" className="settings-status">
        {change.isSuccess && <span className="ok">{t("me.changed")}</span>}
      </div>
      <span>
        <Button type="submit" disabled={current === "" || password === ""} loading={change.isPending}>
          {t("me.change")}
        </Button>
      </span>
    </form>
  );
}
