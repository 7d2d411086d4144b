import { UnstyledButton } from "@mantine/core";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useUnpublishedSteps } from "../../canvas/unpublished";
import { useUnpublished } from "./differences";
import { compare, useView } from "./view";

/** How much of the draft is not live yet; it opens what that is, on the canvas. */
export function Unpublished() {
  const { t } = useTranslation();
  const found = useUnpublished();
  const compared = useView((view) => view.compared);
  const changes = found?.changes;
  useEffect(() => {
    useUnpublishedSteps.setState({ steps: new Set(changes?.map((change) => change.step)) });
    return () => useUnpublishedSteps.setState({ steps: new Set() });
  }, [changes]);
  if (!found) return null;
  const isShown = compared !== null && compared.after === null;
  return (
    <UnstyledButton className="unpublished small" aria-pressed={isShown} onClick={() => compare(isShown ? null : { before: found.before, after: null })}>
      {t("difference.unpublished", { count: found.changes.length })}
    </UnstyledButton>
  );
}
