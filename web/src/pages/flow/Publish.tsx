import { Button, Tooltip } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../../editing/editor";
import { useEver } from "../../shell/ever";
import { useMay } from "../../shell/session";

const PublishSheet = lazy(() => import("./PublishSheet"));

/** Makes the draft live, after showing what changes by it. Disabled for those who may not, and while there are errors; it
 *  says why. */
export function Publish() {
  const { t } = useTranslation();
  const [isOpen, setIsOpen] = useState(false);
  const wasOpen = useEver(isOpen);
  const { key, issues, saving } = useEditor();
  const errors = issues.filter((issue) => issue.is_error);
  const mayPublish = useMay()("flows.publish");
  const inTheWay = errors.map((issue) => issue.sentence).join("\n") || (saving !== "saved" ? t(`flow.${saving}`) : "");
  const why = mayPublish ? inTheWay : t("publish.not_yours");
  return (
    <>
      <Tooltip label={why} disabled={!why} multiline maw={360}>
        <Button className="publish-button" data-disabled={why !== ""} aria-disabled={why !== ""} onClick={() => why === "" && setIsOpen(true)}>
          {t("publish.open")}
        </Button>
      </Tooltip>
      <Suspense>{wasOpen && <PublishSheet flow={key} isOpen={isOpen} onClose={() => setIsOpen(false)} />}</Suspense>
    </>
  );
}
