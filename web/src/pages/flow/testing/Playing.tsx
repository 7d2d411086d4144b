import "../../../canvas/still.css";
import { useMemo } from "react";
import { type Marking, Still } from "../../../canvas/Still";
import { type Traced } from "../../../canvas/StillLine";
import { useEditor } from "../../../editing/editor";
import { START } from "../../../graph/document";
import { ordersIn, takenLines } from "../../runs/path";
import { useLit } from "./lit";
import TestPanel from "./TestPanel";

/** The flow while it is tested: a drawing on which the steps light up as they are taken, and the test beside it. */
export default function Playing() {
  const { flow, exits } = useEditor();
  const { passed } = useLit();
  const markings = useMemo(() => {
    const orders = ordersIn(passed ?? []);
    const marked = Object.keys(flow.steps).map((step): [string, Marking] => [step, { order: orders[step], isAway: passed !== null && !orders[step] }]);
    return Object.fromEntries([...marked, [START, {}]]);
  }, [flow, passed]);
  const traced = useMemo(() => {
    const taken = [...takenLines(passed ?? [])].map((line): [string, Traced] => [line, { width: 3, tone: "lit" }]);
    return Object.fromEntries(taken);
  }, [passed]);
  return (
    <>
      <span />
      <Still flow={flow} exits={exits} markings={markings} traced={traced} />
      <TestPanel />
    </>
  );
}
