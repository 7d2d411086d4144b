import { ActionIcon, Menu } from "@mantine/core";
import { IconCopy, IconDots, IconDownload, IconFileImport, IconTrash } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { tell } from "../flow/toast";
import { deleteFlow, duplicate, fileAddress } from "./files";
import { useMay } from "../../shell/session";

interface About {
  flow: string;
  name: string;
  /** It has no version, so that nothing names it and it can be deleted. */
  isBegun: boolean;
  onImport?: () => void;
  disabled?: boolean;
}

/** What can be done with a flow as a file. */
export function FlowMenu({ flow, name, isBegun, onImport, disabled = false }: About) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const mayEdit = useMay()("flows.edit");
  const failed = (why: Error) => tell({ flow, sentence: t("app.failed", { why: why.message }), undo: null });
  const copy = useMutation({ mutationFn: () => duplicate(flow, t("files.copy_of", { name })), onSuccess: (made) => go(`/flows/${made}`), onError: failed });
  const remove = useMutation({
    mutationFn: () => deleteFlow(flow),
    onSuccess: (undo) => {
      go("/flows");
      tell({ flow, sentence: t("files.deleted", { name }), undo });
    },
    onError: failed,
  });
  return (
    <Menu position="bottom-end" width={240} withinPortal={false} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("files.menu", { name })} loading={copy.isPending || remove.isPending}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component="a" href={fileAddress(flow)} download={`${flow}.yaml`} disabled={disabled} leftSection={<IconDownload size={16} aria-hidden />}>
          {t("files.download")}
        </Menu.Item>
        {mayEdit && onImport && (
          <Menu.Item onClick={onImport} disabled={disabled} leftSection={<IconFileImport size={16} aria-hidden />}>
            {t("files.import_here")}
          </Menu.Item>
        )}
        {mayEdit && (
          <Menu.Item onClick={() => copy.mutate()} disabled={disabled} leftSection={<IconCopy size={16} aria-hidden />}>
            {t("files.duplicate")}
          </Menu.Item>
        )}
        {mayEdit && isBegun && (
          <Menu.Item color="red" onClick={() => remove.mutate()} disabled={disabled} leftSection={<IconTrash size={16} aria-hidden />}>
            {t("files.delete")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
