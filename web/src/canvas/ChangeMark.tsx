import "./change.css";
import { IconMinus, IconPlus, IconPointFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Mark } from "../graph/difference";

const ICONS = { added: IconPlus, removed: IconMinus, changed: IconPointFilled };

/** What became of something, as a sign that has a name besides its colour. */
export function ChangeMark({ kind }: { kind: Mark }) {
  const { t } = useTranslation();
  const Icon = ICONS[kind];
  return (
    <span className="change-mark" data-mark={kind} role="img" aria-label={t(`difference.${kind}`)} title={t(`difference.${kind}`)}>
      <Icon size={14} stroke={3} aria-hidden />
    </span>
  );
}
