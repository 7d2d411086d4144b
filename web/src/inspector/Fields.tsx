import { UnstyledButton } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Field, type Piece, useCatalogue } from "../api/pieces";
import type { Issue } from "../editing/editor";
import { FieldOf } from "../fields/FieldOf";
import type { Change } from "../fields/field";
import type { Settings } from "../graph/document";
import { parted, strangers } from "./settings";

interface FieldsProps {
  piece: Piece | undefined;
  settings: Settings;
  issues: readonly Issue[];
  writer: (field: Field) => Change;
  /** Keys that are no settings, such as a trigger's type. */
  besides?: readonly string[];
  /** What stands below the fields that are in sight. */
  below?: ReactNode;
}

/** All fields in the order of the piece; those at their default are folded away, and stay where they were while people
 *  write into them. */
export function Fields({ piece, settings, issues, writer, besides, below }: FieldsProps) {
  const { t } = useTranslation();
  const isKnown = Object.keys(useCatalogue().steps).length > 0;
  const [isOpen, setIsOpen] = useState(false);
  const [first, setFirst] = useState<{ type: string; folded: ReadonlySet<string> } | null>(null);
  const own = piece?.fields ?? [];
  let hidden = first?.folded;
  if (piece && first?.type !== piece.type) {
    hidden = new Set(parted(piece, settings, issues).folded.map((field) => field.name));
    setFirst({ type: piece.type, folded: hidden });
  }
  const folded = own.filter((field) => hidden?.has(field.name));
  const isWrong = piece !== undefined && parted(piece, settings, issues).shown.some((field) => hidden?.has(field.name) && settings[field.name] === undefined);
  const draw = (field: Field) => (
    <FieldOf key={field.name} field={field} value={settings[field.name]} path={[field.name]} onChange={writer(field)} />
  );
  return (
    <>
      {own.filter((field) => !hidden?.has(field.name)).map(draw)}
      {isKnown && strangers(piece, settings, besides).map(draw)}
      {below}
      {folded.length > 0 && (
        <UnstyledButton className="inspector-more" aria-expanded={isOpen || isWrong} onClick={() => setIsOpen(!isOpen)}>
          <IconChevronDown size={15} aria-hidden />
          {t("inspector.more", { count: folded.length })}
        </UnstyledButton>
      )}
      {(isOpen || isWrong) && folded.map(draw)}
    </>
  );
}
