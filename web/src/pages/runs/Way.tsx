import { Fragment } from "react";
import { type Catalogue, titleOf, useCatalogue, wordOf } from "../../api/pieces";
import type { components } from "../../api/schema";

type Part = components["schemas"]["PathPartView"];

/** Where a run went, in words: what was decided, then where the contact came to. */
export function Way({ path }: { path: readonly Part[] }) {
  const catalogue = useCatalogue();
  if (path.length === 0) return <span className="muted">–</span>;
  return (
    <span className="way">
      {path.map((part, place) => (
        <Fragment key={place}>
          {place > 0 && <span className="muted"> → </span>}
          {part.exit ? wayOf(part, catalogue) : <b>{part.label || titleOf(catalogue.steps[part.type], part.type)}</b>}
        </Fragment>
      ))}
    </span>
  );
}

/** A decision as people called it; the piece's own word for it in the language of the page. */
function wayOf({ type, exit, label }: Part, { steps }: Catalogue): string {
  const key = `exit.${exit}`;
  return steps[type]?.words.en?.[key] === label ? wordOf(steps[type], key) : label;
}
