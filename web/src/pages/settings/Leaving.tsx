import { Button, Group, Modal } from "@mantine/core";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";

/** Asks before a click leads away from work that is not saved. The browser's own ways back cannot be stopped; what was
 *  written is kept for those who come back. */
export function Leaving({ isChanged, onLeave }: { isChanged: boolean; onLeave: () => void }) {
  const { t } = useTranslation();
  const [to, setTo] = useState<string | null>(null);
  const [, go] = useLocation();

  useEffect(() => {
    if (!isChanged) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    const ask = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      const href = link?.getAttribute("href") ?? "";
      if (!href.startsWith("#/") || event.ctrlKey || event.metaKey || event.shiftKey || link?.getAttribute("target")) return;
      event.preventDefault();
      event.stopPropagation();
      setTo(href.slice(1));
    };
    window.addEventListener("beforeunload", warn);
    document.addEventListener("click", ask, true);
    return () => {
      window.removeEventListener("beforeunload", warn);
      document.removeEventListener("click", ask, true);
    };
  }, [isChanged]);

  function leave() {
    onLeave();
    if (to !== null) go(to);
  }

  return (
    <Modal opened={to !== null} onClose={() => setTo(null)} title={t("settings.leave_title")} withCloseButton={false}>
      <p className="settings-asked">{t("settings.leave_about")}</p>
      <Group justify="flex-end">
        <Button variant="default" onClick={leave}>
          {t("settings.leave")}
        </Button>
        <Button data-autofocus onClick={() => setTo(null)}>
          {t("settings.stay")}
        </Button>
      </Group>
    </Modal>
  );
}
