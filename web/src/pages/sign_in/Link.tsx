import { Alert, Button, Center, Loader, Stack } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../../api/client";
import { go } from "../../shell/address";
import { useLink } from "../../shell/session";

/** Signs in whoever came by a link that works once, and leaves no trace of it in the address. Somebody who is signed in
 *  already (`present`) is asked first. */
export default function Link({ token, present }: { token: string; present: string }) {
  const { t } = useTranslation();
  const link = useLink();
  const used = useRef(false); // a link works once, and React may do an effect twice
  const enter = () => link.mutate(token, { onSuccess: () => go("/flows", { replace: true }) });
  useEffect(() => {
    if (used.current || present) return;
    used.current = true;
    enter();
  }, [present]);
  const isWrong = link.error instanceof Problem && link.error.code === "wrong_link";
  return (
    <Center h="100%" w="100%" component="main">
      <Stack className={link.isIdle && !present ? "" : "card sign-in"}>
        {link.error && <Alert color="red" role="alert">{isWrong ? t("sign_in.link_used") : t("app.failed", { why: link.error.message })}</Alert>}
        {present && !link.error && <p>{t("sign_in.link_instead", { name: present })}</p>}
        {link.isPending || (!present && link.isIdle) ? (
          <Loader mx="auto" />
        ) : (
          <>
            {!isWrong && <Button onClick={enter}>{t(link.error ? "app.try_again" : "sign_in.use_link")}</Button>}
            <Button variant="default" onClick={() => go("/flows", { replace: true })}>
              {present ? t("sign_in.stay", { name: present }) : t("sign_in.title")}
            </Button>
          </>
        )}
      </Stack>
    </Center>
  );
}
