import { Alert, Button, Loader } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client";
import { once } from "../../../api/once";
import { Findings } from "../connections/Findings";
import { useConnectionWords } from "../connections/words";
import type { ExtraProps } from "../extras";

const testTrunk = once(async (name: string) => (await api.POST("/api/v1/trunks/{name}/test", { params: { path: { name } } })).data ?? null);

/** Whether the carrier answers, what came of registering with it, and who called of late: asked for real. */
export default function Trial({ name, isNew, isChanged, mayChange, save }: ExtraProps) {
  const { t } = useTranslation();
  const words = useConnectionWords();
  const test = useMutation({
    mutationFn: async () => {
      if (isChanged && !(await save())) return null;
      return await testTrunk(name);
    },
  });
  if (!words || !mayChange) return null;
  const { say } = words;
  const found = test.data;
  return (
    <section className="card settings-part connection" aria-label={say("test")}>
      <h2>{say("test")}</h2>
      <p className="muted small field-note">{isNew ? say("save_first") : say("test_about")}</p>
      {!isNew && (
        <Button variant={found ? "default" : "light"} loading={test.isPending} onClick={() => test.mutate()}>
          {isChanged ? say("save_and_test") : found ? say("test_again") : say("test")}
        </Button>
      )}
      <div role="status" className="settings-tested">
        {test.isPending && (
          <span className="muted">
            <Loader size={14} /> {say("testing")}
          </span>
        )}
        {test.error && !test.isPending && <Alert color="red">{t("app.failed", { why: test.error.message })}</Alert>}
        {found && !test.isPending && (
          <>
            <p className="verdict" data-verdict={found.verdict}>
              {say(found.verdict)}
            </p>
            <Findings findings={found.findings} />
            <p className="muted small">{say("tested_at", { at: found.tested_at })}</p>
          </>
        )}
      </div>
    </section>
  );
}
