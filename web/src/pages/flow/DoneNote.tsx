import "./done.css";
import { Button, CloseButton } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Done, forget, useDone } from "./toast";

/** Tells what was just done to this flow as a whole, and takes it back. */
export function DoneNote({ flow }: { flow: string }) {
  const { done, number } = useDone();
  return (
    <div role="status" className="done-note-place">
      {done !== null && done.flow === flow && <Note key={number} done={done} />}
    </div>
  );
}

function Note({ done }: { done: Done }) {
  const { t } = useTranslation();
  const undo = useMutation({ mutationFn: async () => done.undo?.(), onSuccess: () => forget(done) });
  return (
    <div className="done-note">
      <span>{undo.error ? t("app.failed", { why: undo.error.message }) : done.sentence}</span>
      {done.undo && (
        <Button size="compact-sm" variant="default" loading={undo.isPending} onClick={() => undo.mutate()}>
          {t("flow.undo")}
        </Button>
      )}
      <CloseButton aria-label={t("publish.close")} onClick={() => forget(done)} />
    </div>
  );
}
