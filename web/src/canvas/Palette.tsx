import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { GROUPS, type Piece, titleOf, useCatalogue, wordOf } from "../api/pieces";
import { addSomewhere, matching } from "./adding";
import { PieceTile } from "./PieceTile";

export const DRAGGED = "application/x-skipline-step";

/** Everything that a flow can do, by group. Click or Enter adds it; it can be dragged onto a line, too. */
export function Palette() {
  const { t } = useTranslation();
  const catalogue = useCatalogue();
  const [typed, setTyped] = useState("");
  const found = matching(catalogue, typed);
  return (
    <aside className="palette" aria-label={t("flow.palette")}>
      <TextInput
        leftSection={<IconSearch size={15} />}
        placeholder={t("flow.find_step")}
        aria-label={t("flow.find_step")}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <div className="palette-list">
        {GROUPS.map((group) => (
          <Group key={group} group={group} pieces={found.filter((piece) => piece.group === group)} />
        ))}
      </div>
      <p className="palette-hint">{t("flow.palette_hint")}</p>
    </aside>
  );
}

function Group({ group, pieces }: { group: string; pieces: Piece[] }) {
  const { t } = useTranslation();
  if (pieces.length === 0) return null;
  return (
    <section>
      <h2 className="eyebrow">{t(`group.${group}`)}</h2>
      {pieces.map((piece) => (
        <button
          key={piece.type}
          type="button"
          className="palette-item"
          draggable
          title={wordOf(piece, "about")}
          onClick={() => addSomewhere(piece)}
          onDragStart={(event) => {
            event.dataTransfer.setData(DRAGGED, piece.type);
            event.dataTransfer.effectAllowed = "move";
          }}
        >
          <PieceTile type={piece.type} group={piece.group} small />
          <span>{titleOf(piece, piece.type)}</span>
        </button>
      ))}
    </section>
  );
}
