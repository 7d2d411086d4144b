import "./connections.css";
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { type Finding, useConnectionWords } from "./words";

const MARKS = { good: IconCircleCheck, notice: IconAlertTriangle, bad: IconCircleX } as const;

/** What was found, each with what to do about it. */
export function Findings({ findings }: { findings: readonly Finding[] }) {
  const words = useConnectionWords();
  if (!words) return null;
  return (
    <ul className="findings">
      {findings.map((finding, place) => {
        const Mark = MARKS[finding.verdict];
        const { sentence, fix } = words.tell(finding);
        return (
          <li key={place} data-verdict={finding.verdict}>
            <Mark size={18} aria-label={words.say(`is_${finding.verdict}`)} role="img" />
            <div>
              <p>{sentence}</p>
              {fix && <p className="muted small">{fix}</p>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
