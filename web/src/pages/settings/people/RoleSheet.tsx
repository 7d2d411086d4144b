import { Alert, Button, Group, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RoleFields } from "./RoleFields";
import { type User, useChange } from "./users";

/** Changes what somebody is here for. */
export function RoleSheet({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const [role, setRole] = useState(user.role);
  const [agent, setAgent] = useState(user.agent ?? "");
  const change = useChange();

  async function save() {
    await change.mutateAsync({ user: user.id, role, agent });
    onClose();
  }

  return (
    <Modal opened onClose={onClose} withCloseButton={false} title={t("people.role_of", { name: user.name })}>
      <Stack>
        <RoleFields role={role} agent={agent} onRole={setRole} onAgent={setAgent} />
        {change.error && <Alert color="red" role="alert">{t("app.failed", { why: change.error.message })}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("people.cancel")}
          </Button>
          <Button loading={change.isPending} onClick={() => void save().catch(() => undefined)}>
            {t("settings.save")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
