import { Center, Loader, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** While the server does not say who is signed in: who may be signed in is not sent to sign in. */
export function Unreachable() {
  const { t } = useTranslation();
  return (
    <Center h="100%" component="main">
      <Stack align="center" role="alert">
        <Loader />
        <p>{t("app.lost")}</p>
      </Stack>
    </Center>
  );
}
