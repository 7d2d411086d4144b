import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import { type Catalogue, type Piece, titleOf } from "../api/pieces";
import type { StartNode } from "./StartCard";
import type { StepNode } from "./StepCard";
import { Summary } from "./Summary";

/** What every face needs: the words, and what stands for the tile of a type. */
interface Around {
  t: TFunction;
  tile: (type: string, group: string) => ReactNode;
}

/** What a card of a step shows, and how high it is by that: its name, a line of what it does, a cell for each way out. */
export function StepFace({ data: { step, exits }, piece, t, tile, children }: Around & { data: StepNode["data"]; piece: Piece | undefined; children?: ReactNode }) {
  const type = titleOf(piece, step.type);
  return (
    <>
      <header>
        {tile(step.type, piece?.group ?? "")}
        <span className="card-title">
          <strong>{step.name || type}</strong>
          {step.name && step.name !== type && <small>{type}</small>}
        </span>
        {children}
      </header>
      <Summary piece={piece} settings={step.with ?? {}} title={step.name ?? ""} t={t} />
      {exits.length > 1 && (
        <footer style={{ gridTemplateColumns: `repeat(${exits.length}, 1fr)` }}>
          {exits.map((exit) => (
            <span key={exit.name} title={exit.label}>
              {exit.label}
            </span>
          ))}
        </footer>
      )}
    </>
  );
}

/** What the card of what starts the flow shows: all its triggers. */
export function StartFace({ data: { triggers }, pieces, t, tile }: Around & { data: StartNode["data"]; pieces: Catalogue["triggers"] }) {
  return (
    <>
      {triggers.length === 0 && (
        <header>
          {tile("start", "start")}
          <span className="card-title">
            <strong>{t("flow.no_trigger")}</strong>
            <small>{t("flow.pick_trigger")}</small>
          </span>
        </header>
      )}
      {triggers.map((trigger, place) => (
        <div key={place}>
          <header>
            {tile(trigger.type, "start")}
            <span className="card-title">
              <strong>{titleOf(pieces[trigger.type], trigger.type)}</strong>
            </span>
          </header>
          <Summary piece={pieces[trigger.type]} settings={trigger} t={t} />
        </div>
      ))}
    </>
  );
}
