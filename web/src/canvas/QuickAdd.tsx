import { Combobox, Popover, TextInput, useCombobox } from "@mantine/core";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { titleOf, useCatalogue, wordOf } from "../api/pieces";
import type { Place } from "../graph/changes";
import { add, matching } from "./adding";
import { PieceTile } from "./PieceTile";

interface Wish {
  place: Place;
  /** Beside what it is asked. */
  anchor: Pick<Element, "getBoundingClientRect">;
  /** What is done once a step was added. */
  then?: (key: string) => void;
}

const Asking = createContext<(wish: Wish) => void>(() => {});

/** Ask what to add at a place, beside the button that was pressed. */
export const useQuickAdd = () => useContext(Asking);

export function QuickAddProvider({ children }: { children: ReactNode }) {
  const [wish, setWish] = useState<Wish | null>(null);
  const at = wish?.anchor.getBoundingClientRect();
  return (
    <Asking.Provider value={setWish}>
      {children}
      <Popover
        opened={wish !== null}
        onChange={(isOpen) => !isOpen && setWish(null)}
        width={300}
        position="right"
        offset={14}
        shadow="lg"
        trapFocus
        returnFocus
        withRoles={false}
        key={wish ? JSON.stringify(wish.place) : ""}
      >
        <Popover.Target>
          <span style={{ position: "fixed", left: at?.right ?? 0, top: (at?.top ?? 0) + 12 }} />
        </Popover.Target>
        <Popover.Dropdown p={8}>{wish && <Choice wish={wish} onDone={() => setWish(null)} />}</Popover.Dropdown>
      </Popover>
    </Asking.Provider>
  );
}

function Choice({ wish, onDone }: { wish: Wish; onDone: () => void }) {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const [typed, setTyped] = useState("");
  const box = useCombobox({ opened: true }); // the popover around it opens and closes
  const found = matching(catalogue, typed);

  useEffect(() => {
    box.selectFirstOption(); // what Enter takes is the nearest of those that are there by now
  }, [box.selectFirstOption, typed]);

  function take(type: string) {
    const piece = catalogue.steps[type];
    onDone();
    if (!piece) return;
    const key = add(piece, wish.place);
    wish.then?.(key);
  }

  return (
    <Combobox store={box} onOptionSubmit={take}>
      <Combobox.EventsTarget>
        <TextInput
          data-autofocus
          mb={6}
          placeholder={t("flow.find_step")}
          aria-label={t("flow.find_step")}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            box.updateSelectedOptionIndex();
          }}
        />
      </Combobox.EventsTarget>
      <Combobox.Options mah={320} style={{ overflowY: "auto" }}>
        {found.map((piece) => (
          <Combobox.Option key={piece.type} value={piece.type} className="choice">
            <PieceTile type={piece.type} group={piece.group} small />
            <span>
              <b>{titleOf(piece, piece.type)}</b>
              <small>{wordOf(piece, "about")}</small>
            </span>
          </Combobox.Option>
        ))}
        {found.length === 0 && <Combobox.Empty>{t("flow.no_such_step")}</Combobox.Empty>}
      </Combobox.Options>
    </Combobox>
  );
}
