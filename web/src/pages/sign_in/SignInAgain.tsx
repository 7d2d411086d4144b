import { Button, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { beginAnew } from "../../shell/session";
import { SignInForm } from "./SignInForm";

/** Above a page whose session ended: what was done there waits below, out of sight, for whoever did it. */
export default function SignInAgain({ name, other }: { name: string; other: string }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      zIndex={1000}
      overlayProps={{ backgroundOpacity: 0.7, blur: 12 }}
      title={t("sign_in.over")}
    >
      <SignInForm name={name}>
        <p className="settings-asked">{other ? t("sign_in.over_instead", { other, name }) : t("sign_in.over_about", { name })}</p>
        {other && (
          <Button variant="default" onClick={beginAnew}>
            {t("sign_in.go_on_as", { name: other })}
          </Button>
        )}
      </SignInForm>
    </Modal>
  );
}
