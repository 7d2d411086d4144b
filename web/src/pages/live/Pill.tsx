import { useTranslation } from "react-i18next";
import type { At } from "./Latest";

interface Told {
  count: number;
  share: number | null;
  way: At;
  isOpen: boolean;
  /** null: nobody's contacts are shown behind this line. */
  onOpen: ((at: At) => void) | null;
}

/** How many took a line, and what part of all; it opens the latest of them. */
export function Pill({ count, share, way, isOpen, onOpen }: Told) {
  const { t, i18n } = useTranslation();
  const figures = (
    <>
      {new Intl.NumberFormat(i18n.language).format(count)}
      {share !== null && <small>{new Intl.NumberFormat(i18n.language, { style: "percent" }).format(share)}</small>}
    </>
  );
  if (!onOpen) return <span className="pill pill-still figures">{figures}</span>;
  return (
    <button type="button" className="pill figures" aria-expanded={isOpen} title={t("live.show", { exit: way.label })} onClick={() => onOpen(way)}>
      {figures}
      <span className="unseen">{t("live.show", { exit: way.label })}</span>
    </button>
  );
}
