import { Alert, Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { OneTimeLink } from "./OneTimeLink";
import { RoleFields } from "./RoleFields";
import { type Role, useInvite } from "./users";

/** Adds somebody: their name and role make a link that they sign in by for the first time. */
export function Inviting({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const [agent, setAgent] = useState("");
  const invite = useInvite();
  if (invite.data) return <OneTimeLink name={name} link={invite.data} onClose={onClose} />;
  return (
    <Modal opened onClose={onClose} withCloseButton={false} title={t("people.invite")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          invite.mutate({ name, role, agent });
        }}
      >
        <Stack>
          <TextInput label={t("sign_in.name")} data-autofocus required maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <RoleFields role={role} agent={agent} onRole={setRole} onAgent={setAgent} />
          {invite.error && <Alert color="red" role="alert">{t("app.failed", { why: invite.error.message })}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("people.cancel")}
            </Button>
            <Button type="submit" disabled={name.trim() === ""} loading={invite.isPending}>
              {t("people.make_link")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
