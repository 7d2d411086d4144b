import { Button, CloseButton, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

interface Props {
  label: string;
  value: string;
  choices: { value: string; label: string }[];
  onChange: (value: string) => void;
}

/** One thing that runs are asked for: its choices open below it, and a cross takes it back. */
export function FilterChip({ label, value, choices, onChange }: Props) {
  const { t } = useTranslation();
  const chosen = choices.find((one) => one.value === value)?.label ?? value;
  return (
    <span className="chip" data-set={value ? true : undefined}>
      <Menu position="bottom-start" width={220}>
        <Menu.Target>
          <Button size="compact-md" radius="xl" variant={value ? "light" : "default"} rightSection={value ? null : <IconChevronDown size={14} />}>
            {value ? t("runs.is", { label, value: chosen }) : label}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
          {choices.map((one) => (
            <Menu.Item key={one.value} aria-current={one.value === value || undefined} fw={one.value === value ? 620 : undefined} onClick={() => onChange(one.value)}>
              {one.label}
            </Menu.Item>
          ))}
          {choices.length === 0 && <Menu.Label>{t("runs.no_choice")}</Menu.Label>}
        </Menu.Dropdown>
      </Menu>
      {value && <CloseButton size="sm" radius="xl" aria-label={t("runs.no_matter", { label })} onClick={() => onChange("")} />}
    </span>
  );
}
