import { type ReactNode, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "../api/pieces";
import type { Size } from "../graph/layout";
import { StartFace, StepFace } from "./CardFace";
import type { Card } from "./drawing";

interface ToMeasure<C> {
  cards: readonly C[];
  onMeasured: (sizes: ReadonlyMap<string, Size>) => void;
  /** What a card is wrapped into, where it is. */
  wrapped?: (card: C, face: ReactNode) => ReactNode;
}

/** Faces of cards, drawn out of sight only to be measured: of many cards the canvas need then draw those in sight alone. */
export function Measuring<C extends Card>({ cards, onMeasured, wrapped = (_, face) => face }: ToMeasure<C>) {
  const { t } = useTranslation();
  const { steps, triggers } = useCatalogue();
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const faces = [...(box.current?.children ?? [])];
    onMeasured(new Map(faces.map((face, place) => [cards[place]?.id ?? "", face.getBoundingClientRect()])));
  }, [cards, onMeasured]);
  const tile = () => <span className="tile" />;
  return (
    <div ref={box} className="measuring" aria-hidden inert>
      {cards.map((card) => (
        <div key={card.id}>
          {wrapped(
            card,
            <div className="step-card" style={{ width: card.data.width }}>
              {card.type === "start" ? (
                <StartFace data={card.data} pieces={triggers} t={t} tile={tile} />
              ) : (
                <StepFace data={card.data} piece={steps[card.data.step.type]} t={t} tile={tile} />
              )}
            </div>,
          )}
        </div>
      ))}
    </div>
  );
}
