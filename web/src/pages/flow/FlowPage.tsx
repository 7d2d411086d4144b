import "@xyflow/react/dist/base.css";
import "../../canvas/canvas.css";
import "./flow.css";
import { Button, Center, Group, Loader } from "@mantine/core";
import { ReactFlowProvider } from "@xyflow/react";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useCatalogue } from "../../api/pieces";
import { Canvas } from "../../canvas/Canvas";
import { Palette } from "../../canvas/Palette";
import { QuickAddProvider } from "../../canvas/QuickAdd";
import { select, useEditor } from "../../editing/editor";
import { useAsked } from "../../shell/address";
import { KeyboardTools } from "../../keyboard/KeyboardTools";
import { useKeyboard } from "../../keyboard/state";
import { DoneNote } from "./DoneNote";
import { Lost, Refused } from "./People";
import { TopBar } from "./TopBar";
import { useTogether } from "./together";
import { isNoFlow, Unsaved, useOpening } from "./saving";
import { show, showVersions, useView } from "./view";

const Inspector = lazy(() => import("../../inspector/Inspector"));
const Keyboard = lazy(() => import("../../keyboard/Keyboard"));
const Outline = lazy(() => import("../../keyboard/Outline"));
const Playing = lazy(() => import("./testing/Playing"));
const Versions = lazy(() => import("./Versions"));
const Difference = lazy(() => import("./Difference"));
const DifferencePanel = lazy(() => import("./DifferencePanel"));

/** The page on which a flow is drawn. */
export default function FlowPage({ flow }: { flow: string }) {
  const { i18n } = useTranslation();
  const isOpen = useEditor((editor) => editor.key === flow);
  const isAllSaved = useEditor((editor) => editor.saving === "saved");
  useCatalogue(); // fetched beside the flow, so that its cards are drawn once
  const { problem, again } = useOpening(flow, i18n.language);
  useEffect(() => leave, [flow]);
  const [asked] = useAsked();
  const isAgain = asked.has("again");
  useEffect(() => {
    if (isAgain) show("test");
  }, [isAgain, flow]);
  const isTesting = useView((view) => view.mode === "test");
  const compared = useView((view) => view.compared);
  useTogether(flow);
  const hasOutline = useKeyboard((keyboard) => keyboard.hasOutline);
  if (problem && (!isOpen || (isAllSaved && isNoFlow(problem)))) return <NotOpen why={problem} onAgain={again} />;
  if (!isOpen)
    return (
      <Center>
        <Loader />
      </Center>
    );
  return (
    <main className="builder">
      <ReactFlowProvider>
        <QuickAddProvider>
          {!isTesting && !compared && (
            <Suspense>
              <Keyboard onSettings={hideVersions} />
            </Suspense>
          )}
          <TopBar />
          <div>
            <Lost />
            <Refused />
          </div>
          <div className="builder-body">
            <Suspense>
              {isTesting ? (
                <Playing />
              ) : (
                <>
                  {compared ? (
                    <Difference compared={compared} />
                  ) : (
                    <>
                      <Suspense fallback={<aside className="palette" aria-busy />}>{hasOutline ? <Outline /> : <Palette />}</Suspense>
                      <Canvas key={flow} tools={<KeyboardTools />} />
                    </>
                  )}
                  <Side />
                </>
              )}
            </Suspense>
            <DoneNote flow={flow} />
          </div>
        </QuickAddProvider>
      </ReactFlowProvider>
    </main>
  );
}

/** Why the flow cannot be opened, and what can be done about it. */
function NotOpen({ why, onAgain }: { why: Error; onAgain: () => void }) {
  const { t } = useTranslation();
  const isOther = why instanceof Unsaved;
  return (
    <main className="page">
      <header className="page-head">
        <h1>{t("flows.title")}</h1>
      </header>
      <div role="alert" className="not-open" data-other={isOther || undefined}>
        <p>{isOther ? t("flow.other_unsaved", { name: why.called || why.flow }) : t("app.failed", { why: why.message })}</p>
        <Group mt="sm">
          {isOther && (
            <Button component={Link} href={`/flows/${why.flow}`}>
              {t("flow.go_back", { name: why.called || why.flow })}
            </Button>
          )}
          <Button variant="default" onClick={onAgain}>
            {t("app.again")}
          </Button>
        </Group>
      </div>
    </main>
  );
}

function Side() {
  const isSelected = useEditor((editor) => editor.selected !== null);
  const { hasVersions, compared } = useView();
  const isPast = hasVersions || compared;
  if (!isPast && !isSelected) return null;
  // A boundary of its own: what is read later must not take the canvas away, and with it the focus.
  return (
    <Suspense fallback={<aside className="inspector" aria-busy />}>
      {!isPast ? <Inspector /> : compared && !hasVersions ? <DifferencePanel compared={compared} /> : <Versions />}
    </Suspense>
  );
}

const hideVersions = () => showVersions(false);

function leave(): void {
  show("edit");
  select(null);
}
