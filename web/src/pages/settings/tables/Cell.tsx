import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type ColumnType, shownCell } from "./grid";

interface CellProps {
  label: string;
  type: ColumnType;
  value: unknown;
  /** What is wrong with it; empty: nothing. */
  wrong: string;
  isReadOnly: boolean;
  onChange: (typed: string) => void;
  /** A block of cells was put here, as spreadsheets copy them. */
  onPaste: (block: string) => void;
}

/** After a pause this long what is typed counts; also when the cell is left. */
const PAUSE_MS = 300;

/** One cell. It shows what is typed until it is left, and what that means then. What is wrong changes while somebody
 *  pauses, not when they leave: a button that they are about to press would move away. */
export function Cell({ label, type, value, wrong, isReadOnly, onChange, onPaste }: CellProps) {
  const { t } = useTranslation();
  const told = useId();
  const now = shownCell(value);
  const [typed, setTyped] = useState<string | null>(null);
  const write = useRef(onChange);
  write.current = onChange;
  useEffect(() => {
    if (typed === null || typed === now) return;
    const timer = setTimeout(() => write.current(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const common = { "aria-label": label, "aria-invalid": wrong !== "" || undefined, "aria-describedby": wrong ? told : undefined, className: "sheet-cell" };

  function leave() {
    if (typed !== null && typed !== now) onChange(typed);
    setTyped(null);
  }

  return (
    <td data-type={type}>
      {type === "boolean" ? (
        <select {...common} value={now} disabled={isReadOnly} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="" />
          <option value="true">{t("tables.yes")}</option>
          <option value="false">{t("tables.no")}</option>
          {!["", "true", "false"].includes(now) && <option value={now}>{now}</option>}
        </select>
      ) : (
        <input
          {...common}
          value={typed ?? now}
          readOnly={isReadOnly}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={leave}
          onKeyDown={(event) => {
            if (event.key === "Escape") setTyped(null);
            if (!["Enter", "ArrowDown", "ArrowUp"].includes(event.key)) return;
            event.preventDefault(); // Enter would save the form
            leave();
            neighbour(event)?.focus();
          }}
          onPaste={(event) => {
            const block = event.clipboardData.getData("text");
            if (isReadOnly || !/[\t\n]/.test(block.trim())) return;
            event.preventDefault();
            setTyped(null);
            onPaste(block);
          }}
        />
      )}
      {wrong && (
        <span id={told} className="sheet-wrong">
          {wrong}
        </span>
      )}
    </td>
  );
}

/** The cell below, or above. */
function neighbour(event: KeyboardEvent<HTMLInputElement>): HTMLElement | null {
  const cell = event.currentTarget.closest("td");
  const row = cell?.parentElement;
  const next = (event.key === "ArrowUp" ? row?.previousElementSibling : row?.nextElementSibling) as HTMLTableRowElement | null | undefined;
  return cell && next ? (next.cells[cell.cellIndex]?.querySelector<HTMLElement>(".sheet-cell") ?? null) : null;
}
