import { Alert, Button, Group, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type User, useChange, useEndCodes, useForget } from "./users";

export type Question = "disable" | "enable" | "end_codes" | "forget";

/** Asks before somebody is shut out, let in again, or asked for codes no more. */
export function Asking({ user, question, onClose }: { user: User; question: Question; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChange();
  const endCodes = useEndCodes();
  const forget = useForget();
  const deeds = {
    disable: () => change.mutateAsync({ user: user.id, is_disabled: true }),
    enable: () => change.mutateAsync({ user: user.id, is_disabled: false }),
    end_codes: () => endCodes.mutateAsync(user.id),
    forget: () => forget.mutateAsync(user.id),
  };
  const error = change.error ?? endCodes.error ?? forget.error;
  const isPending = change.isPending || endCodes.isPending || forget.isPending;

  async function answer() {
    await deeds[question]();
    onClose();
  }

  return (
    <Modal opened onClose={onClose} withCloseButton={false} title={t(`people.ask.${question}`, { name: user.name })}>
      <p className="settings-asked">{t(`people.ask.${question}_about`)}</p>
      {error && <Alert color="red" role="alert">{t("app.failed", { why: error.message })}</Alert>}
      <Group justify="flex-end" mt="md">
        <Button variant="default" data-autofocus onClick={onClose}>
          {t("people.cancel")}
        </Button>
        <Button variant="default" {...(question === "forget" || question === "disable" ? { className: "settings-remove" } : {})} loading={isPending} onClick={() => void answer().catch(() => undefined)}>
          {t(`people.${question}`)}
        </Button>
      </Group>
    </Modal>
  );
}
