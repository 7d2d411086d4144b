import "./done.css";
import { Button, CloseButton } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { tell, useDone } from "./toast";

/** Tells what was just done to this flow as a whole, and takes it back. */
export function DoneNote({ flow }: { flow: string }) {
  const { t } = useTranslation();
  const { done } = useDone();
  const undo = useMutation({ mutationFn: async () => done?.undo?.(), onSuccess: () => tell(null) });
  const isOurs = done !== null && done.flow === flow;
  return (
    <div role="status" className="done-note-place">
      {isOurs && (
        <div className="done-note">
          <span>{undo.error ? t("app.failed", { why: undo.error.message }) : done.sentence}</span>
          {done.undo && (
            <Button size="compact-sm" variant="default" loading={undo.isPending} onClick={() => undo.mutate()}>
              {t("flow.undo")}
            </Button>
          )}
          <CloseButton aria-label={t("publish.close")} onClick={() => tell(null)} />
        </div>
      )}
    </div>
  );
}
