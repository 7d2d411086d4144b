import { useState } from "react";
import { useTranslation } from "react-i18next";
import { RemoveButton } from "../../../fields/buttons";
import { type ColumnType, type Grid, removeColumn, renameColumn, setType, TYPES, typeOf } from "./grid";

interface ColumnHeadProps {
  grid: Grid;
  column: string;
  mayChange: boolean;
  onChange: (grid: Grid) => void;
}

/** What a column is called, and its type; the key's is always text. */
export function ColumnHead({ grid, column, mayChange, onChange }: ColumnHeadProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<string | null>(null);
  const isKey = column === grid.key;

  function leave() {
    if (typed !== null) onChange(renameColumn(grid, column, typed));
    setTyped(null);
  }

  return (
    <th scope="col" aria-label={column}>
      <div className="sheet-column">
        <input
          className="sheet-name"
          aria-label={t("tables.column_name", { column })}
          value={typed ?? column}
          readOnly={!mayChange}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={leave}
          onKeyDown={(event) => {
            if (event.key === "Escape") setTyped(null);
            if (event.key !== "Enter") return;
            event.preventDefault();
            leave();
          }}
        />
        {mayChange && !isKey && <RemoveButton label={t("tables.remove_column", { column })} onClick={() => onChange(removeColumn(grid, column))} />}
      </div>
      {isKey ? (
        <span className="sheet-type">{t("tables.key")}</span>
      ) : (
        <select
          className="sheet-type"
          aria-label={t("tables.column_type", { column })}
          disabled={!mayChange}
          value={typeOf(grid, column)}
          onChange={(event) => onChange(setType(grid, column, event.currentTarget.value as ColumnType))}
        >
          {TYPES.map((type) => (
            <option key={type} value={type}>
              {t(`field.choice.${type}`)}
            </option>
          ))}
        </select>
      )}
    </th>
  );
}
