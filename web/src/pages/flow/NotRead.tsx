import { Alert, Button, Group, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Why something could not be read, and a way to try again. */
export function NotRead({ why, onAgain }: { why: Error; onAgain: () => void }) {
  const { t } = useTranslation();
  return (
    <Stack p="md">
      <Alert color="red" role="alert">
        {t("app.failed", { why: why.message })}
      </Alert>
      <Group justify="flex-end">
        <Button variant="default" onClick={onAgain}>
          {t("app.again")}
        </Button>
      </Group>
    </Stack>
  );
}
