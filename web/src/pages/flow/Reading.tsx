import "@xyflow/react/dist/base.css";
import "../../canvas/canvas.css";
import "../../canvas/still.css";
import "./flow.css";
import "./reading.css";
import { Alert, Button, CloseButton, Loader } from "@mantine/core";
import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { titleOf, useCatalogue } from "../../api/pieces";
import { type Marking, Still } from "../../canvas/Still";
import { select, useEditor } from "../../editing/editor";
import { START } from "../../graph/document";
import { Trail } from "../../shell/Trail";
import { FlowMenu } from "../files/FlowMenu";
import { Choice } from "./Choice";
import { LiveBadge } from "./LiveBadge";
import { useOpening } from "./saving";
import { useTogether } from "./together";

const Inspector = lazy(() => import("../../inspector/Inspector"));

/** A flow for those who may look at it and not change it: the drawing, and what each step is set to. */
export default function Reading({ flow }: { flow: string }) {
  const { t, i18n } = useTranslation();
  const isOpen = useEditor((editor) => editor.key === flow);
  const { problem, again } = useOpening(flow, i18n.language);
  useTogether(flow);
  useEffect(() => () => select(null), [flow]);
  if (isOpen) return <Opened flow={flow} />;
  if (!problem) return <Loader m="xl" />;
  return (
    <main className="page">
      <Alert color="red" role="alert" m="lg">
        <p>{t("app.failed", { why: problem.message })}</p>
        <Button variant="default" mt="sm" onClick={again}>
          {t("app.try_again")}
        </Button>
      </Alert>
    </main>
  );
}

function Opened({ flow }: { flow: string }) {
  const { t } = useTranslation();
  const { flow: drawn, exits, liveVersion, selected } = useEditor();
  const markings = useMemo((): Record<string, Marking> => (selected === null ? {} : { [selected]: { isChosen: true } }), [selected]);
  return (
    <main className="reading-page">
      <header className="top-bar">
        <div className="top-start">
          <Trail to="/flows" name={t("flows.title")} />
          <h1 className="flow-name" title={drawn.name}>
            {drawn.name || flow}
          </h1>
          <LiveBadge version={liveVersion} />
          <span className="muted small">{t("settings.read_only")}</span>
        </div>
        <Choice flow={flow} value="edit" />
        <div className="top-end">
          <FlowMenu flow={flow} name={drawn.name} isBegun={false} />
        </div>
      </header>
      <div className="reading">
        <ReactFlowProvider>
          <Still key={flow} flow={drawn} exits={exits} markings={markings} traced={NONE} onCard={(step) => select(step === selected ? null : step)} />
        </ReactFlowProvider>
        {selected === null ? <Steps /> : <Shown />}
      </div>
    </main>
  );
}

const NONE = {};

/** Every step by its name: the way to one for those who use no mouse. */
function Steps() {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const { flow } = useEditor();
  return (
    <aside className="reading-side" aria-label={t("flow.steps")}>
      <h2 className="eyebrow">{t("flow.steps")}</h2>
      <ul>
        <li>
          <button type="button" onClick={() => select(START)}>
            {t("inspector.start")}
          </button>
        </li>
        {Object.entries(flow.steps).map(([key, step]) => (
          <li key={key}>
            <button type="button" onClick={() => select(key)}>
              {step.name || titleOf(catalogue.steps[step.type], step.type)}
            </button>
          </li>
        ))}
      </ul>
    </aside>
  );
}

/** What is selected, with fields that take nothing. */
function Shown() {
  const { t } = useTranslation();
  return (
    <div className="reading-shown">
      <CloseButton aria-label={t("inspector.close")} onClick={() => select(null)} />
      <div className="reading-panel" role="region" aria-label={t("settings.read_only")} tabIndex={0}>
        <fieldset disabled>
          <Suspense>
            <Inspector />
          </Suspense>
        </fieldset>
      </div>
    </div>
  );
}
