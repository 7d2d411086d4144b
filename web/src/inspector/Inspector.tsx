import { useEditor } from "../editing/editor";
import { START } from "../graph/document";
import "../fields/fields.css";
import "./inspector.css";
import { StartPanel } from "./StartPanel";
import { StepPanel } from "./StepPanel";

/** What is selected, to be read and changed. Changes hold at once; there is nothing to save. */
export default function Inspector() {
  const selected = useEditor((editor) => editor.selected);
  const hasStep = useEditor((editor) => selected !== null && selected in editor.flow.steps);
  if (selected === START) return <StartPanel />;
  return selected !== null && hasStep ? <StepPanel key={selected} id={selected} /> : null;
}
