import { useTranslation } from "react-i18next";
import type { Finding } from "./files";

/** What the server found in a file, each with its line and what to do about it. */
export function Findings({ found }: { found: readonly Finding[] }) {
  const { t } = useTranslation();
  return (
    <ul className="findings small">
      {found.map((one, place) => (
        <li key={place} data-severity={one.severity}>
          <b className="figures">{one.line > 0 && t("files.line", { line: one.line })}</b> {one.sentence}
          {one.fix && <div className="muted">{one.fix}</div>}
        </li>
      ))}
    </ul>
  );
}
