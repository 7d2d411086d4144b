import { ActionIcon, Tooltip } from "@mantine/core";
import { IconKeyboard, IconListTree } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { showOutline, showSheet, useKeyboard } from "./state";

/** The outline and the sheet of keys, for those who look for them with the mouse. */
export function KeyboardTools() {
  const { t } = useTranslation();
  const hasOutline = useKeyboard((keyboard) => keyboard.hasOutline);
  return (
    <>
      <Tooltip label={`${t("keyboard.outline")}  O`} openDelay={250}>
        <ActionIcon variant="subtle" color="gray" aria-label={t("keyboard.outline")} aria-pressed={hasOutline} onClick={() => showOutline(!hasOutline)}>
          <IconListTree size={17} stroke={1.8} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${t("keyboard.sheet.title")}  ?`} openDelay={250}>
        <ActionIcon variant="subtle" color="gray" aria-label={t("keyboard.sheet.title")} onClick={() => showSheet(true)}>
          <IconKeyboard size={17} stroke={1.8} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
