import { useMutation } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../../editing/editor";
import type { Into } from "../files/Import";
import { FlowMenu } from "../files/FlowMenu";
import { useFlowList } from "../../api/flows";
import { intoDraft } from "./standing";
import { tell } from "./toast";

const Import = lazy(() => import("../files/Import"));

/** The flow that is being edited, as a file. Its file is what the server has, so it waits until all is saved. */
export default function FileMenu() {
  const { t } = useTranslation();
  const { key, flow, saving } = useEditor();
  const { data: flows } = useFlowList();
  const [into, setInto] = useState<Into | null>(null);
  const begin = useMutation({
    mutationFn: () => intoDraft(key, t("files.kept_here")),
    onSuccess: setInto,
    onError: (why) => tell({ flow: key, sentence: t("app.failed", { why: why.message }), undo: null }),
  });
  return (
    <>
      <FlowMenu
        flow={key}
        name={flow.name || key}
        isBegun={flows?.find((one) => one.flow === key)?.newest_version === 0}
        disabled={saving !== "saved"}
        onImport={() => begin.mutate()}
      />
      <Suspense>{into && <Import into={into} onClose={() => setInto(null)} />}</Suspense>
    </>
  );
}
