import { Avatar, Menu, Tooltip, UnstyledButton, useMantineColorScheme } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { PLACES } from "./icons";
import { currentLanguage, LANGUAGES, type Language, setLanguage } from "./language";
import { isUnsaved, type Permission, type Session, useSignOut } from "./session";

const SigningOut = lazy(() => import("../pages/sign_in/SigningOut"));

/** The way to the pages, on the left of each of them. */
export function Rail({ session }: { session: Session }) {
  const { t } = useTranslation();
  const [at] = useLocation();
  const may = (what?: Permission) => what !== undefined && session.permissions.includes(what);
  const places = PLACES.filter(({ needs, unless }) => (!needs || may(needs)) && !may(unless));
  return (
    <nav className="rail" aria-label={t("app.places")}>
      <img className="rail-mark" src="./mark.svg" alt="Skipline" />
      {places.map(({ name, path, Icon }) => (
        <Tooltip key={name} label={t(`places.${name}`)} position="right" openDelay={250}>
          <Link
            href={path}
            className="rail-place"
            aria-label={t(`places.${name}`)}
            aria-current={at === path || at.startsWith(`${path}/`) ? "page" : undefined}
          >
            <Icon size={20} stroke={1.7} />
          </Link>
        </Tooltip>
      ))}
      <Me session={session} />
    </nav>
  );
}

function Me({ session }: { session: Session }) {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useSignOut();
  const [isAsked, setIsAsked] = useState(false);
  const leave = () => (isUnsaved() ? setIsAsked(true) : signOut.mutate());
  return (
    <>
      <Menu position="right-end" width={220} withinPortal={false}>
        <Menu.Target>
          <UnstyledButton className="rail-me">
            <Avatar size={32} name={session.name} color="lagoon" variant="filled" />
            <span className="unseen">{t("app.you", { name: session.name })}</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{session.name}</Menu.Label>
          <Menu.Divider />
          <Menu.Label>{t("app.language")}</Menu.Label>
          {(Object.keys(LANGUAGES) as Language[]).map((language) => (
            <Menu.Item key={language} lang={language} {...chosen(language === currentLanguage())} onClick={() => void setLanguage(language)}>
              {LANGUAGES[language]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Label>{t("app.look.label")}</Menu.Label>
          {(["auto", "light", "dark"] as const).map((look) => (
            <Menu.Item key={look} {...chosen(look === colorScheme)} onClick={() => setColorScheme(look)}>
              {t(`app.look.${look}`)}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item component={Link} href="/settings/me">
            {t("settings.places.me")}
          </Menu.Item>
          <Menu.Item onClick={leave}>{t("app.sign_out")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {(isAsked || signOut.error) && <SigningOut signOut={signOut} isUnsaved={isAsked} onStay={() => (setIsAsked(false), signOut.reset())} />}
      </Suspense>
    </>
  );
}

function chosen(isChosen: boolean) {
  return isChosen ? { fw: 620, "aria-current": "true" as const } : {};
}
