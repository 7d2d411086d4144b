import { ActionIcon, Tooltip } from "@mantine/core";
import { IconFocusCentered, IconMap2, IconMinus, IconPlus, IconSitemap } from "@tabler/icons-react";
import { Panel, useReactFlow } from "@xyflow/react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { WHOLE } from "./drawing";

/** Tidy, fit, smaller, larger, map, and others; where nothing is changed, there is nothing to tidy. */
export function Tools({ onTidy, onMap, children }: { onTidy?: () => void; onMap?: () => void; children?: ReactNode }) {
  const { t } = useTranslation();
  const view = useReactFlow();
  const tools = [
    ...(onTidy ? [{ name: "tidy", Icon: IconSitemap, use: onTidy }] : []),
    { name: "fit", Icon: IconFocusCentered, use: () => void view.fitView({ duration: 200, ...WHOLE }) },
    { name: "smaller", Icon: IconMinus, use: () => void view.zoomOut({ duration: 150 }) },
    { name: "larger", Icon: IconPlus, use: () => void view.zoomIn({ duration: 150 }) },
    ...(onMap ? [{ name: "map", Icon: IconMap2, use: onMap }] : []),
  ];
  return (
    <Panel position="bottom-right" className="tools">
      {tools.map(({ name, Icon, use }) => (
        <Tooltip key={name} label={t(`tools.${name}`)} openDelay={250}>
          <ActionIcon variant="subtle" color="gray" aria-label={t(`tools.${name}`)} onClick={use}>
            <Icon size={17} stroke={1.8} />
          </ActionIcon>
        </Tooltip>
      ))}
      {children}
    </Panel>
  );
}
