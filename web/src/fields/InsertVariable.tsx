import { ActionIcon, Menu, ScrollArea } from "@mantine/core";
import { IconBraces } from "@tabler/icons-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { useAround } from "./field";

type Box = HTMLInputElement | HTMLTextAreaElement;

/** A button at the end of a text that puts a variable where the cursor is. */
export function InsertVariable({ box, label, onInsert }: { box: RefObject<Box | null>; label: string; onInsert: (text: string) => void }) {
  const { t } = useTranslation();
  const { variables } = useAround();
  if (variables.length === 0) return null;

  function insert(name: string) {
    const at = box.current;
    const text = at?.value ?? "";
    const [from, to] = [at?.selectionStart ?? text.length, at?.selectionEnd ?? text.length];
    const hole = `{{ ${name} }}`;
    onInsert(text.slice(0, from) + hole + text.slice(to));
    requestAnimationFrame(() => {
      at?.focus();
      at?.setSelectionRange(from + hole.length, from + hole.length);
    });
  }

  return (
    <Menu position="bottom-end" withinPortal returnFocus={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size={26} aria-label={t("field.insert_variable", { label })} title={t("field.insert")}>
          <IconBraces size={15} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <ScrollArea.Autosize mah={280} type="auto">
          {variables.map((one) => (
            <Menu.Item key={one.name} className="code" onClick={() => insert(one.name)}>
              {one.name}
            </Menu.Item>
          ))}
        </ScrollArea.Autosize>
      </Menu.Dropdown>
    </Menu>
  );
}
