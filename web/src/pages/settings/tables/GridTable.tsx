import { useTranslation } from "react-i18next";
import type { Issue } from "../../../editing/editor";
import { RemoveButton } from "../../../fields/buttons";
import { issuesWithin, told } from "../../../fields/issues";
import { Cell } from "./Cell";
import { ColumnHead } from "./ColumnHead";
import { type CellProblem, type Grid, namesOf, ownOf, paste, removeRow, setCell, typeOf } from "./grid";

interface GridTableProps {
  grid: Grid;
  /** The rows that are shown, by their places. */
  places: readonly number[];
  problems: ReadonlyMap<number, ReadonlyMap<string, CellProblem>>;
  issues: readonly Issue[];
  mayChange: boolean;
  onChange: (grid: Grid) => void;
}

/** The cells themselves. */
export function GridTable({ grid, places, problems, issues, mayChange, onChange }: GridTableProps) {
  const { t } = useTranslation();
  const names = namesOf(grid);

  function sayWrong(place: number, column: string): string {
    const problem = problems.get(place)?.get(column);
    if (problem) return t(`tables.wrong.${problem.wrong}`, { ...problem.more, column });
    const own = issuesWithin(issues, ["rows", place, column]);
    const ofRow = column === grid.key ? issues.filter((one) => one.path.length === 2 && one.path[0] === "rows" && one.path[1] === place) : [];
    return [...own, ...ofRow].map(told).join(" ");
  }

  return (
    <div className="sheet-scroll">
      <table className="sheet-table">
        <thead>
          <tr>
            <th scope="col" className="sheet-number">
              <span className="unseen">{t("tables.number")}</span>
            </th>
            {names.map((column) => (
              <ColumnHead key={column} grid={grid} column={column} mayChange={mayChange} onChange={onChange} />
            ))}
            {mayChange && (
              <th scope="col">
                <span className="unseen">{t("tables.remove_row")}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {places.map((place) => (
            <tr key={place}>
              <th scope="row" className="sheet-number figures">
                {place + 1}
              </th>
              {names.map((column) => (
                <Cell
                  key={column}
                  label={t("tables.cell", { column, row: place + 1 })}
                  type={typeOf(grid, column)}
                  value={ownOf(grid.rows[place] ?? {}, column)}
                  wrong={sayWrong(place, column)}
                  isReadOnly={!mayChange}
                  onChange={(typed) => onChange(setCell(grid, place, column, typed))}
                  onPaste={(block) => onChange(paste(grid, place, column, block))}
                />
              ))}
              {mayChange && (
                <td className="sheet-remove">
                  <RemoveButton label={t("tables.remove_row_of", { row: place + 1 })} onClick={() => onChange(removeRow(grid, place))} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
