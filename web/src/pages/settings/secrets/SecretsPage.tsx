import "./secrets.css";
import { Alert, Button, Group, Loader, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import GiveSecret from "../../../fields/GiveSecret";
import { Told } from "../../../fields/secret";
import { type Secret, useForgetSecret, useVault } from "../../../fields/vault";
import { Headings } from "../../../shell/Headings";
import { FactsWords } from "../facts/FactsWords";
import { sectionWord, useSections } from "../sections";

type Doing = { does: "give"; name: string } | { does: "remove"; secret: Secret } | null;

/** The secrets by name: never a value. What is needed and has none yet stands among them. */
export default function SecretsPage() {
  return (
    <FactsWords>
      <Secrets />
    </FactsWords>
  );
}

function Secrets() {
  const { t } = useTranslation();
  const { secrets, error, isPending, mayChange } = useVault();
  const [doing, setDoing] = useState<Doing>(null);
  const done = () => setDoing(null);
  return (
    <>
      <header className="settings-head">
        <div>
          <h1>{t("settings.places.secrets")}</h1>
          <p className="muted">{t("secrets.about")}</p>
        </div>
        {mayChange && (
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDoing({ does: "give", name: "" })}>
            {t("secrets.new")}
          </Button>
        )}
      </header>
      {isPending && <Loader />}
      {error && <Alert color="red">{t("app.failed", { why: error.message })}</Alert>}
      {!isPending && !error && secrets.length === 0 && <p className="muted">{t("settings.none")}</p>}
      {secrets.length > 0 && (
        <div className="settings-scroll">
          <table className="settings-table card">
            <Headings names={[t("secrets.name"), t("secrets.value"), t("settings.used_by")]} last={mayChange && t("secrets.change")} />
            <tbody>
              {secrets.map((secret) => (
                <tr key={secret.name}>
                  <th scope="row" className="code">
                    {secret.name}
                  </th>
                  <td>
                    <Told secret={secret} />
                  </td>
                  <td>
                    <Users secret={secret} />
                  </td>
                  {mayChange && (
                    <td>
                      <Deeds secret={secret} onDo={setDoing} />
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Modal opened={doing?.does === "give"} onClose={done} closeButtonProps={{ "aria-label": t("inspector.close") }} title={doing?.does === "give" && doing.name ? t("secrets.replace_title", { name: doing.name }) : t("secrets.new")}>
        {doing?.does === "give" && <GiveSecret name={doing.name} suggested="" secrets={secrets} onGiven={done} onCancel={done} />}
      </Modal>
      <Modal opened={doing?.does === "remove"} onClose={done} withCloseButton={false} title={doing?.does === "remove" ? t("secrets.remove_title", { name: doing.secret.name }) : ""}>
        {doing?.does === "remove" && <Removing secret={doing.secret} onDone={done} />}
      </Modal>
    </>
  );
}

function Deeds({ secret, onDo }: { secret: Secret; onDo: (doing: Doing) => void }) {
  const { t } = useTranslation();
  if (secret.is_given) return null; // the environment goes before the vault
  return (
    <span className="secret-deeds">
      <Button variant="default" size="compact-sm" aria-label={`${t(secret.updated_at ? "secrets.replace" : "secrets.set")}: ${secret.name}`} onClick={() => onDo({ does: "give", name: secret.name })}>
        {t(secret.updated_at ? "secrets.replace" : "secrets.set")}
      </Button>
      {secret.updated_at && (
        <Button variant="subtle" size="compact-sm" className="settings-remove" aria-label={`${t("secrets.remove")}: ${secret.name}`} onClick={() => onDo({ does: "remove", secret })}>
          {t("secrets.remove")}
        </Button>
      )}
    </span>
  );
}

/** Who uses a secret, each with a way there. */
function Users({ secret }: { secret: Secret }) {
  const { t } = useTranslation();
  const sections = useSections(true);
  if (secret.used_by.length === 0) return <span className="muted">{t("secrets.unused")}</span>;
  return (
    <span className="settings-uses">
      {secret.used_by.map(({ section, name }) => {
        const known = sections.find((one) => one.section === section);
        return (
          <Link key={`${section}/${name}`} href={section === "flows" ? `/flows/${name}` : `/settings/${section}/${name}`}>
            {known ? sectionWord(known, "one") : t("secrets.flow")} {name}
          </Link>
        );
      })}
    </span>
  );
}

function Removing({ secret, onDone }: { secret: Secret; onDone: () => void }) {
  const { t } = useTranslation();
  const forgetting = useForgetSecret();
  return (
    <>
      <p className="settings-asked">{t("secrets.remove_about")}</p>
      {secret.used_by.length > 0 && (
        <p className="settings-asked">
          {t("secrets.remove_used")} <Users secret={secret} />
        </p>
      )}
      {forgetting.error && <Alert color="red">{forgetting.error.message}</Alert>}
      <Group justify="flex-end" mt="md">
        <Button variant="default" data-autofocus onClick={onDone}>
          {t("settings.keep")}
        </Button>
        <Button color="red" loading={forgetting.isPending} onClick={() => forgetting.mutate(secret.name, { onSuccess: onDone })}>
          {t("secrets.remove")}
        </Button>
      </Group>
    </>
  );
}
