import { Center } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { SignInForm } from "./SignInForm";

/** Where somebody says who they are. */
export default function SignIn() {
  const { t } = useTranslation();
  return (
    <Center h="100%" component="main">
      <div className="card sign-in">
        <SignInForm name="">
          <img src="./mark.svg" alt="" width={36} height={36} />
          <h1>{t("sign_in.title")}</h1>
        </SignInForm>
      </div>
    </Center>
  );
}
