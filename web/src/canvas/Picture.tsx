import "./picture.css";
import { useMemo } from "react";
import { useCatalogue } from "../api/pieces";
import { type Exits, type FlowDocument, START } from "../graph/document";
import { pictureOf } from "../graph/picture";
import { shownExits, widthOf } from "./cards";

const HEIGHT = 84;
const FOOTER = 34;
const EDGE = 10;
const LEAST = { width: 640, height: 360 };

/** A flow in miniature, drawn from its document: enough to tell one from another. */
export function Picture({ flow, exits }: { flow: FlowDocument; exits: Exits }) {
  const { steps } = useCatalogue();
  const picture = useMemo(() => {
    const shown = (key: string) => (flow.steps[key] ? shownExits(key, flow.steps[key], exits) : []);
    const groupOf = (key: string) => (key === START ? "start" : (steps[flow.steps[key]?.type ?? ""]?.group ?? ""));
    const sizeOf = (key: string) => {
      const ways = shown(key).length;
      return { width: widthOf(groupOf(key), ways), height: HEIGHT + (ways > 1 ? FOOTER : 0) };
    };
    const { cards, ...rest } = pictureOf(flow, exits, sizeOf, shown);
    return { ...rest, cards: cards.map((card) => ({ ...card, group: groupOf(card.key), ways: shown(card.key).length })) };
  }, [flow, exits, steps]);
  const { lines, cards } = picture;
  const width = Math.max(picture.width + 2 * EDGE, LEAST.width);
  const height = Math.max(picture.height + 2 * EDGE, LEAST.height);
  const [left, top] = [(picture.width - width) / 2, (picture.height - height) / 2];
  return (
    <svg className="picture" viewBox={`${left} ${top} ${width} ${height}`} aria-hidden focusable="false">
      {lines.map((path) => (
        <path key={path} d={path} />
      ))}
      {cards.map((card) => (
        <g key={card.key} data-group={card.group} transform={`translate(${card.x} ${card.y})`}>
          <rect className="picture-card" width={card.width} height={card.height} rx="16" />
          <rect className="picture-tile" x="18" y="20" width="44" height="44" rx="12" />
          <rect className="picture-name" x="76" y="26" width={card.width * 0.4} height="12" rx="6" />
          <rect className="picture-type" x="76" y="48" width={card.width * 0.25} height="9" rx="4.5" />
          {card.ways > 1 && <Cells count={card.ways} width={card.width} />}
        </g>
      ))}
    </svg>
  );
}

function Cells({ count, width }: { count: number; width: number }) {
  const each = width / count;
  return Array.from({ length: count }, (_, place) => (
    <rect key={place} className="picture-type" x={each * (place + 0.5) - each * 0.25} y={HEIGHT + 6} width={each * 0.5} height="10" rx="5" />
  ));
}
