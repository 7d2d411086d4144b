import type { TFunction } from "i18next";
import type { Field, Piece } from "../api/pieces";
import type { Settings } from "../graph/document";

/** One line of what a step does, drawn from the kinds of its fields: nobody here knows step types. What the card's `title`
 *  says already is not said twice. */
export function Summary({ piece, settings, title = "", t }: { piece: Piece | undefined; settings: Settings; title?: string; t: TFunction }) {
  const lines = (piece?.fields ?? []).flatMap((field) => {
    const draw = DRAWN[field.kind];
    const value = settings[field.name];
    return draw && value !== undefined && value !== "" && value !== title ? [draw(field, value, t)] : [];
  });
  return lines.length ? <div className="card-body">{lines.slice(0, 3)}</div> : null;
}

type Draw = (field: Field, value: unknown, t: TFunction) => React.JSX.Element;

const named: Draw = (field, value) => (
  <div key={field.name} className="card-line">
    {String(value)}
  </div>
);
const quoted: Draw = (field, value) => (
  <div key={field.name} className="card-line clamp">
    “{String(value)}”
  </div>
);
const listed: Draw = (field, value) => (
  <div key={field.name} className="card-line figures">
    {asList(value).map(String).join(", ")}
  </div>
);

const DRAWN: Record<string, Draw> = {
  source: named,
  queue: named,
  table: named,
  hours: named,
  flow: named,
  duration: named,
  long_text: quoted,
  numbers: listed,
  targets: listed,
  accounts: listed,
  keep: (field, value) => (
    <div key={field.name} className="chips">
      {asList(value).map((one, place) => (
        <span key={place} className="chip code">
          {String((one as Settings).as ?? "…")}
        </span>
      ))}
    </div>
  ),
  paths: (field, value, t) => <Paths key={field.name} paths={asList(value) as PathSettings[]} t={t} />,
};

interface RowSettings {
  variable?: string;
  operator?: string;
  value?: unknown;
}
export interface PathSettings {
  id?: string;
  name?: string;
  all?: RowSettings[];
  any?: RowSettings[];
  formula?: string;
}

function Paths({ paths, t }: { paths: PathSettings[]; t: TFunction }) {
  return (
    <ol className="card-paths">
      {paths.map((path, place) => (
        <li key={path.id ?? place}>
          <span className="ordinal figures">{place + 1}</span>
          <Conditions path={path} t={t} />
        </li>
      ))}
    </ol>
  );
}

function Conditions({ path, t }: { path: PathSettings; t: TFunction }) {
  const joined = [
    ...(path.all ?? []).map((row, place) => ({ row, word: place ? t("branch.and") : "" })),
    ...(path.any ?? []).map((row, place) => ({ row, word: place ? t("branch.or") : path.all?.length ? t("branch.and") : "" })),
  ];
  return (
    <span className="rule">
      {joined.map(({ row, word }, place) => (
        <span key={place}>
          {word && <span className="muted"> {word} </span>}
          <Row row={row} t={t} />
        </span>
      ))}
      {path.formula && <span className="code">{path.formula}</span>}
    </span>
  );
}

function Row({ row, t }: { row: RowSettings; t: TFunction }) {
  return (
    <>
      <b className="code">{row.variable ?? "…"}</b> {row.operator ? t(`operator.${row.operator}`) : ""}{" "}
      {asList(row.value).map((value) => (
        <span key={String(value)} className="value">
          {String(value)}
        </span>
      ))}
    </>
  );
}

function asList(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
