import { Button } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { titleOf, useCatalogue, wordOf } from "../api/pieces";
import { PieceTile } from "../canvas/PieceTile";
import { edit, select, useEditor } from "../editing/editor";
import { Surroundings } from "../fields/field";
import { removeSteps } from "../graph/changes";
import type { Step } from "../graph/document";
import { useSurroundings } from "./around";
import { Fields } from "./Fields";
import { Panel } from "./Panel";
import { answerField, TestRequest } from "./TestRequest";
import { issuesBeside, settingOf } from "./settings";
import { WaysOut } from "./WaysOut";

const NONE = {};

/** One step: its name, what it is for, its fields. */
export function StepPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const step: Step = useEditor((editor) => editor.flow.steps[id]) ?? { type: "" };
  const all = useEditor((editor) => editor.issues);
  const own = useMemo(() => all.filter((issue) => issue.step === id), [all, id]);
  const piece = useCatalogue().steps[step.type];
  const around = useSurroundings(id, piece, own);
  const title = titleOf(piece, step.type);
  const settings = step.with ?? NONE;
  const answer = answerField(piece);

  function remove() {
    select(null);
    edit((flow) => removeSteps(flow, [id]));
  }

  return (
    <Panel
      label={t("inspector.step", { name: step.name || title })}
      group={piece?.group ?? ""}
      issues={issuesBeside(own, piece)}
      head={
        <>
          <PieceTile type={step.type} group={piece?.group ?? ""} />
          <div className="inspector-title">
            <Name id={id} name={step.name ?? ""} title={title} />
            <p className="muted small">{[step.name && step.name !== title ? title : "", piece ? wordOf(piece, "about") : ""].filter(Boolean).join(" · ")}</p>
          </div>
        </>
      }
      foot={
        <Button variant="subtle" color="gray" className="inspector-delete" leftSection={<IconTrash size={16} aria-hidden />} onClick={remove}>
          {t("inspector.delete_step")}
        </Button>
      }
    >
      <Surroundings value={around}>
        <Fields
          piece={piece}
          settings={settings}
          issues={own}
          writer={(field) => settingOf(id, field)}
          below={piece && answer && <TestRequest piece={piece} settings={settings} field={answer} onKeep={settingOf(id, answer)} />}
        />
        <WaysOut key={id} id={id} />
      </Surroundings>
    </Panel>
  );
}

function Name({ id, name, title }: { id: string; name: string; title: string }) {
  const { t } = useTranslation();
  function rename(text: string) {
    edit((flow) => {
      const step = flow.steps[id];
      if (!step) return;
      if (text) step.name = text;
      else delete step.name;
    }, `${id} name`);
  }
  return (
    <input
      className="inspector-name"
      dir="auto"
      aria-label={t("inspector.name")}
      placeholder={title}
      value={name}
      onChange={(event) => rename(event.currentTarget.value)}
    />
  );
}
