import "../../inspector/inspector.css";
import { Button, CloseButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useEditor } from "../../editing/editor";
import { Changes } from "./Changes";
import { NotRead } from "./NotRead";
import { useDifferences } from "./differences";
import { compare, type Compared, point, useView } from "./view";

/** What the draft changes of a version, in sentences beside the canvas. */
export default function DifferencePanel({ compared }: { compared: Compared }) {
  const { t } = useTranslation();
  const flow = useEditor((editor) => editor.key);
  const pointed = useView((view) => view.pointed);
  const { changes, error, again } = useDifferences(flow, compared);
  return (
    <aside className="inspector" aria-label={t("difference.title")}>
      <header className="inspector-head">
        <div className="inspector-title">
          <h2>{t("difference.title")}</h2>
          <p className="muted small">{t("difference.since", { version: compared.before })}</p>
        </div>
        <CloseButton aria-label={t("publish.close")} onClick={() => compare(null)} />
      </header>
      <div className="inspector-body">
        {error && <NotRead why={error} onAgain={again} />}
        {changes && <Changes changes={changes} pointed={pointed} onPoint={point} />}
        <Button variant="default" onClick={() => compare(null)}>
          {t("difference.back")}
        </Button>
      </div>
    </aside>
  );
}
