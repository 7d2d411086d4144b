import "@xyflow/react/dist/base.css";
import "../../canvas/canvas.css";
import "./flow.css";
import { Alert, Center, Loader } from "@mantine/core";
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Canvas } from "../../canvas/Canvas";
import { Palette } from "../../canvas/Palette";
import { QuickAddProvider } from "../../canvas/QuickAdd";
import { redoLast, undoLast, useEditor } from "../../editing/editor";
import Inspector from "../../inspector/Inspector";
import { Lost } from "./People";
import { TopBar } from "./TopBar";
import { useTogether } from "./together";
import { openFlow, useSaving } from "./saving";

/** The page on which a flow is drawn. */
export default function FlowPage({ flow }: { flow: string }) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState("");
  const isOpen = useEditor((editor) => editor.key === flow);
  useEffect(() => {
    setProblem("");
    openFlow(flow).catch((why: Error) => setProblem(why.message));
  }, [flow]);
  useSaving(flow);
  useTogether(flow);
  useKeys();
  if (problem) return <Alert color="red">{t("app.failed", { why: problem })}</Alert>;
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
          <TopBar />
          <Lost />
          <div className="builder-body">
            <Palette />
            <Canvas key={flow} />
            <Side />
          </div>
        </QuickAddProvider>
      </ReactFlowProvider>
    </main>
  );
}

function Side() {
  const isSelected = useEditor((editor) => editor.selected !== null);
  return isSelected ? <Inspector /> : null;
}

function useKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.target as HTMLElement).closest("input, textarea, [contenteditable]") || !(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      if (key === "y" || event.shiftKey) redoLast();
      else undoLast();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
