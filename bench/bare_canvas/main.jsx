// React Flow with 500 plain cards and nothing else: what the builder is measured beside.
import "@xyflow/react/dist/style.css";
import { ReactFlow } from "@xyflow/react";
import { createRoot } from "react-dom/client";

const CARDS = 500;
const numbers = Array.from({ length: CARDS }, (_, number) => number);
const nodes = numbers.map((number) => ({ id: `${number}`, data: { label: `Step ${number}` }, position: { x: (number % 25) * 190, y: Math.floor(number / 25) * 110 } }));
const edges = numbers.slice(1).map((number) => ({ id: `e${number}`, source: `${Math.floor((number - 1) / 3)}`, target: `${number}` }));

createRoot(document.getElementById("root")).render(<ReactFlow defaultNodes={nodes} defaultEdges={edges} onlyRenderVisibleElements minZoom={0.2} fitView />);
