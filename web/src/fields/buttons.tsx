import { ActionIcon, Button } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";

/** Add one more of something. `of` tells those who do not see where the button stands what it adds to. */
export function AddButton({ label, of, onClick }: { label: string; of?: string; onClick: () => void }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      className="field-add"
      leftSection={<IconPlus size={14} aria-hidden />}
      aria-label={of ? `${label}: ${of}` : undefined}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}

export function RemoveButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size={28} aria-label={label} title={label} onClick={onClick}>
      <IconTrash size={16} aria-hidden />
    </ActionIcon>
  );
}
