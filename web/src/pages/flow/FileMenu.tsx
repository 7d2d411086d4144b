import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../../editing/editor";
import type { Into } from "../files/Import";
import { FlowMenu } from "../files/FlowMenu";
import { useFlows } from "../files/flows";
import { intoDraft } from "./standing";

const Import = lazy(() => import("../files/Import"));

/** The flow that is being edited, as a file. Its file is what the server has, so it waits until all is saved. */
export default function FileMenu() {
  const { t } = useTranslation();
  const { key, flow, saving } = useEditor();
  const { data: flows } = useFlows();
  const [into, setInto] = useState<Into | null>(null);
  return (
    <>
      <FlowMenu
        flow={key}
        name={flow.name || key}
        isBegun={flows?.find((one) => one.flow === key)?.newest_version === 0}
        disabled={saving !== "saved"}
        onImport={() => void intoDraft(key, t("files.kept_here")).then(setInto)}
      />
      <Suspense>{into && <Import into={into} onClose={() => setInto(null)} />}</Suspense>
    </>
  );
}
