import { NativeSelect, UnstyledButton } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { exitWord, titleOf, useCatalogue } from "../api/pieces";
import { edit, type Issue, useEditor } from "../editing/editor";
import { placeOf } from "../fields/issues";
import { lead } from "../graph/changes";
import { type Exit, inFlowOrder } from "../graph/document";

const NONE: Exit[] = [];
const NO_LINES: Record<string, string> = {};

/** Where the flow goes on after a step, exit by exit: also by those that its card does not show while they lead nowhere. */
export function WaysOut({ id }: { id: string }) {
  const { t } = useTranslation();
  const exits = useEditor((editor) => editor.exits[id]) ?? NONE;
  const next = useEditor((editor) => editor.flow.steps[id]?.next) ?? NO_LINES;
  const isMissed = useEditor((editor) => editor.issues.some((issue) => issue.step === id && isAboutLines(issue)));
  const [wish, setWish] = useState<boolean | null>(null);
  const type = useEditor((editor) => editor.flow.steps[id]?.type) ?? "";
  const piece = useCatalogue().steps[type];
  const steps = useSteps(id);
  if (exits.length === 0) return null;
  const isOpen = wish ?? (isMissed && exits.some((exit) => exit.is_seldom && !next[exit.name]));
  return (
    <>
      <UnstyledButton className="inspector-more" aria-expanded={isOpen} onClick={() => setWish(!isOpen)}>
        <IconChevronDown size={15} aria-hidden />
        {t("inspector.ways_out")}
      </UnstyledButton>
      {isOpen &&
        exits.map((exit) => (
          <NativeSelect
            key={exit.name}
            label={exitWord(piece, exit)}
            value={next[exit.name] ?? ""}
            data={[{ value: "", label: t("inspector.nowhere") }, ...steps]}
            onChange={(event) => {
              const to = event.currentTarget.value || null;
              edit((flow) => lead(flow, { from: id, exit: exit.name }, to));
            }}
          />
        ))}
    </>
  );
}

/** About the step as a whole, such as that it leads nowhere, or about one of its lines. */
function isAboutLines(issue: Issue): boolean {
  const [first] = placeOf(issue);
  return first === undefined || first === "next";
}

/** The other steps, by what people call them; two of one name are told apart by their keys. */
function useSteps(id: string): { value: string; label: string }[] {
  const { flow, exits } = useEditor();
  const catalogue = useCatalogue();
  const titles = inFlowOrder(flow, exits)
    .filter((key) => key !== id)
    .map((key) => ({ value: key, label: flow.steps[key]?.name || titleOf(catalogue.steps[flow.steps[key]?.type ?? ""], key) }));
  const isTwice = (label: string) => titles.filter((one) => one.label === label).length > 1;
  return titles.map((one) => (isTwice(one.label) ? { ...one, label: `${one.label} (${one.value})` } : one));
}
