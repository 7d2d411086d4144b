import { Button, CloseButton, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { colourOf, initialsOf, useOthers } from "../../canvas/others";
import { useEditor } from "../../editing/editor";
import { giveUpRest } from "./saving";

/** Who else has this flow open. */
export function People() {
  const { t } = useTranslation();
  const { others, own } = useOthers();
  const names = [...new Set(others.filter((one) => !own.includes(one.editor)).map((one) => one.user))];
  if (names.length === 0) return null;
  return (
    <ul className="people" aria-label={t("together.here")}>
      {names.map((name) => (
        <Tooltip key={name} label={t("together.edits", { name })}>
          <li className="initials" data-colour={colourOf(name)}>
            <span aria-hidden>{initialsOf(name)}</span>
            <span className="unseen">{t("together.edits", { name })}</span>
          </li>
        </Tooltip>
      ))}
    </ul>
  );
}

/** That work of one's own found no place after others' changes, until somebody has read it. */
export function Lost() {
  const { t } = useTranslation();
  const lost = useEditor((editor) => editor.lost);
  if (lost === 0) return null;
  return (
    <div className="lost" role="alert">
      {t("together.lost")}
      <CloseButton size="sm" aria-label={t("publish.close")} onClick={() => useEditor.setState({ lost: 0 })} />
    </div>
  );
}

/** That the server does not take what was done last, why, and the way out. */
export function Refused() {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const { key, saving, refusal } = useEditor();
  if (saving !== "refused") return null;
  const leave = async () => {
    if (!(await giveUpRest(key))) go("/flows");
  };
  return (
    <div className="lost" role="alert">
      {t("flow.refused_why", { why: refusal })}
      <Button size="compact-sm" variant="default" onClick={() => void leave()}>
        {t("flow.give_up")}
      </Button>
    </div>
  );
}
