import { iconOf } from "../shell/icons";

/** The tinted tile of a type of step or trigger. */
export function PieceTile({ type, group, small = false }: { type: string; group: string; small?: boolean }) {
  const Icon = iconOf(type, group);
  return (
    <span className={small ? "tile tile-small" : "tile"} data-group={group}>
      <Icon size={small ? 16 : 18} stroke={1.8} aria-hidden />
    </span>
  );
}
