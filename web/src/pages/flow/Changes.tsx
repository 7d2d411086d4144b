import "./changes.css";
import { UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { ChangeMark } from "../../canvas/ChangeMark";
import { currentLanguage } from "../../shell/language";
import { sinceThen } from "../../shell/times";
import { authorCalled } from "./authors";
import { cardOf, type Change } from "./differences";

interface Told {
  changes: readonly Change[];
  pointed?: string;
  onPoint?: (card: string) => void;
}

/** Every difference in a sentence, with who made it and when, as far as that is known. */
export function Changes({ changes, pointed = "", onPoint }: Told) {
  const { t } = useTranslation();
  if (changes.length === 0) return <p className="muted">{t("versions.same")}</p>;
  return (
    <ul className="changes">
      {changes.map((change, place) => {
        const card = cardOf(change);
        return (
          <li key={place} aria-current={card !== "" && card === pointed ? "true" : undefined}>
            <ChangeMark kind={change.kind} />
            <div>
              {onPoint && card ? <UnstyledButton onClick={() => onPoint(card)}>{change.sentence}</UnstyledButton> : <span>{change.sentence}</span>}
              {change.at && <By author={change.author} at={change.at} />}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

function By({ author, at }: { author: string; at: string }) {
  const { t } = useTranslation();
  return (
    <p className="muted small">
      <span>{authorCalled(author, t)}</span>{" "}
      <time dateTime={at} title={new Date(at).toLocaleString(currentLanguage())}>
        {sinceThen(at, currentLanguage())}
      </time>
    </p>
  );
}
