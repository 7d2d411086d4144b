import { Alert, Center, Loader } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLink } from "../../shell/session";

/** Signs in whoever came by a link that works once, and leaves no trace of it in the address. */
export default function Link({ token }: { token: string }) {
  const { t } = useTranslation();
  const link = useLink();
  const used = useRef(false); // a link works once, and React may do an effect twice
  useEffect(() => {
    if (used.current) return;
    used.current = true;
    link.mutate(token, { onSettled: () => history.replaceState(null, "", "#/flows") });
  }, [link, token]);
  return (
    <Center h="100%" component="main">
      {link.error ? <Alert color="red">{t("sign_in.link_used")}</Alert> : <Loader />}
    </Center>
  );
}
