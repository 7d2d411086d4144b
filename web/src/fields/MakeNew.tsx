import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../shell/session";
import { AddButton } from "./buttons";
import type { Noun } from "./entries";
import { useAround } from "./field";

const NewEntry = lazy(() => import("../pages/settings/NewEntry"));

/** What flows name that can be set up where it is chosen. */
const MADE_HERE = new Set<Noun>(["sources", "tables", "queues"]);

/** Set up something new on a sheet over the flow, and choose it. */
export function MakeNew({ noun, onMade }: { noun: Noun | null; onMade: (name: string) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  const { entry } = useAround();
  const [isOpen, setIsOpen] = useState(false);
  const isOffered = noun !== null && MADE_HERE.has(noun) && entry === undefined && may("workspace.change");
  if (!isOffered) return null;
  return (
    <>
      <AddButton label={t(`field.new.${noun}`)} onClick={() => setIsOpen(true)} />
      {isOpen && (
        <Suspense>
          <NewEntry
            noun={noun}
            onClose={() => setIsOpen(false)}
            onMade={(name) => {
              setIsOpen(false);
              onMade(name);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
