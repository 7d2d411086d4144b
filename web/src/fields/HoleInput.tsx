import { TextInput } from "@mantine/core";
import { useRef } from "react";
import { useAround } from "./field";
import { InsertVariable } from "./InsertVariable";
import { issuesAt, type Path, told } from "./issues";

/** One text with holes inside a list or a map, whose label only those hear who do not see the list. */
export function HoleInput({
  label,
  value,
  path,
  onChange,
  placeholder,
}: {
  label: string;
  value: string;
  path: Path;
  onChange: (text: string) => void;
  placeholder?: string;
}) {
  const { issues } = useAround();
  const box = useRef<HTMLInputElement>(null);
  return (
    <TextInput
      ref={box}
      className="field-grow"
      aria-label={label}
      placeholder={placeholder}
      value={value}
      error={issuesAt(issues, path).map(told).join(" ") || undefined}
      onChange={(event) => onChange(event.currentTarget.value)}
      rightSection={<InsertVariable box={box} label={label} onInsert={onChange} />}
    />
  );
}
