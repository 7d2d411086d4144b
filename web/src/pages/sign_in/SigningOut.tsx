import { Alert, Button, Group, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { useSignOut } from "../../shell/session";

interface SigningOutProps {
  signOut: ReturnType<typeof useSignOut>;
  isUnsaved: boolean;
  onStay: () => void;
}

/** Asks before somebody signs out with work unsaved, and tells when they could not. */
export default function SigningOut({ signOut, isUnsaved, onStay }: SigningOutProps) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onStay} withCloseButton={false} title={isUnsaved ? t("sign_in.leave_unsaved") : t("app.sign_out")}>
      {isUnsaved && <p className="settings-asked">{t("sign_in.unsaved_about")}</p>}
      {signOut.error && <Alert color="red" role="alert">{t("app.failed", { why: signOut.error.message })}</Alert>}
      <Group justify="flex-end" mt="md">
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {t("app.sign_out")}
        </Button>
        <Button data-autofocus onClick={onStay}>
          {t("settings.stay")}
        </Button>
      </Group>
    </Modal>
  );
}
