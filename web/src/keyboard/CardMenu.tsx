import { Menu } from "@mantine/core";
import { withAllAfter } from "../graph/walk";
import { START } from "../graph/document";
import { useEditor } from "../editing/editor";
import { type Action, addAfter, connect, move, moveAside, pathAt, remove, selectedAt } from "./actions";
import { copyThese } from "./carrying";
import { type Desk, nameOf, openSettings } from "./desk";
import { Chord } from "./PrintedKeys";
import { focusStep, type Spot } from "./spot";
import { useKeyboard } from "./state";

interface Item {
  name: string;
  chord: string;
  act: Action;
  fits?: (desk: Desk, spot: Spot) => boolean;
}

const isStep = (_: Desk, { key, exit }: Spot) => key !== START && exit === null;
const isPath = (desk: Desk, spot: Spot) => pathAt(desk, spot) !== null;
const isNoStart = (_: Desk, { key, exit }: Spot) => key !== START || exit !== null;

const copySelected: Action = (desk, { key }) => copyThese(desk, selectedAt(key));
const copyAll: Action = (desk, { key }) => copyThese(desk, withAllAfter(useEditor.getState().flow, useEditor.getState().exits, key));
const cutSelected: Action = (desk, spot) => copySelected(desk, spot) && remove(desk, { ...spot, exit: null });

const ITEMS: readonly Item[] = [
  { name: "settings", chord: "Enter", act: openSettings },
  { name: "add", chord: "A", act: addAfter },
  { name: "connect", chord: "C", act: connect },
  { name: "copy", chord: "Mod+C", act: copySelected, fits: isStep },
  { name: "copy_all", chord: "", act: copyAll, fits: isStep },
  { name: "cut", chord: "Mod+X", act: cutSelected, fits: isStep },
  { name: "earlier", chord: "Alt+ArrowUp", act: move(-1), fits: isStep },
  { name: "later", chord: "Alt+ArrowDown", act: move(1), fits: isStep },
  { name: "path_earlier", chord: "Alt+ArrowLeft", act: moveAside(-1), fits: isPath },
  { name: "path_later", chord: "Alt+ArrowRight", act: moveAside(1), fits: isPath },
  { name: "remove", chord: "Delete", act: remove, fits: isNoStart },
];

/** What can be done with a step, or with one of its ways out. */
export function CardMenu({ desk }: { desk: Desk }) {
  const menu = useKeyboard((keyboard) => keyboard.menu);
  const leave = () => {
    useKeyboard.setState({ menu: null });
    if (menu) focusStep(menu.spot.key, !menu.spot.isCard, menu.spot.exit);
  };
  const items = ITEMS.filter((item) => menu && (item.fits?.(desk, menu.spot) ?? true));
  return (
    <Menu
      key={menu ? `${menu.x} ${menu.y}` : ""}
      opened={menu !== null}
      onChange={(isOpen) => !isOpen && leave()}
      position="bottom-start"
      width={320}
      shadow="lg"
      returnFocus={false}
      withinPortal={false}
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>
        <button type="button" className="menu-corner" tabIndex={-1} aria-hidden style={{ left: menu?.x ?? 0, top: menu?.y ?? 0 }} />
      </Menu.Target>
      <Menu.Dropdown aria-label={menu ? nameOf(desk, menu.spot.key) : ""}>
        {items.map(({ name, chord, act }) => (
          <Menu.Item key={name} rightSection={chord && <Chord keys={chord} />} onClick={() => use(desk, act)}>
            {desk.t(`keyboard.menu.${name}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Where the menu was opened has the focus again, and then does what was chosen. */
function use(desk: Desk, act: Action): void {
  const { menu } = useKeyboard.getState();
  if (!menu) return;
  useKeyboard.setState({ menu: null });
  focusStep(menu.spot.key, !menu.spot.isCard, menu.spot.exit);
  act(desk, menu.spot);
}
