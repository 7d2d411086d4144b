import { Modal } from "@mantine/core";
import { useMounted } from "@mantine/hooks";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { Chord } from "./PrintedKeys";
import { showSheet, useKeyboard } from "./state";

/** What the keys do, as the sheet tells it: the name of what is done, and the keys that do it. */
const SHEET = [
  {
    name: "steps",
    keys: [
      ["walk", "Arrows"],
      ["next", "Tab", "Shift+Tab"],
      ["ends", "Home", "End"],
      ["settings", "Enter"],
      ["back", "Escape"],
      ["find", "Mod+F"],
      ["outline", "O"],
    ],
  },
  {
    name: "change",
    keys: [
      ["add", "A"],
      ["connect", "C"],
      ["menu", "M"],
      ["move", "Alt+ArrowUp", "Alt+ArrowDown"],
      ["path", "Alt+ArrowLeft", "Alt+ArrowRight"],
      ["remove", "Delete"],
      ["undo", "Mod+Z", "Mod+Shift+Z"],
    ],
  },
  {
    name: "carry",
    keys: [
      ["several", "Shift+Arrows"],
      ["all_after", "Shift+End"],
      ["all", "Mod+A"],
      ["copy", "Mod+C", "Mod+X"],
      ["paste", "Mod+V"],
      ["sheet", "?"],
    ],
  },
] as const;

/** All keys of the builder. */
export default function Sheet() {
  const { t } = useTranslation();
  const hasSheet = useKeyboard((keyboard) => keyboard.hasSheet);
  const isOpen = useMounted() && hasSheet; // a dialog that is born open does not give the focus back
  return (
    <Modal opened={isOpen} onClose={() => showSheet(false)} size="lg" title={t("keyboard.sheet.title")} closeButtonProps={{ "aria-label": t("publish.close") }}>
      <div className="keys">
        {SHEET.map(({ name, keys }) => (
          <section key={name}>
            <h3 className="eyebrow">{t(`keyboard.sheet.${name}`)}</h3>
            <dl>
              {keys.map(([does, ...chords]) => (
                <div key={does}>
                  <dt>{t(`keyboard.does.${does}`)}</dt>
                  <dd>
                    {chords.map((chord, place) => (
                      <Fragment key={chord}>
                        {place > 0 && " "}
                        <Chord keys={chord} />
                      </Fragment>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="muted small">{t("keyboard.sheet.note")}</p>
    </Modal>
  );
}
