import { useTranslation } from "react-i18next";
import { Link, useLocation } from "wouter";
import { useMay } from "../../shell/session";

/** From the runs to what callers left, and back; nothing for those who may see one of the two alone. */
export function Tabs() {
  const { t } = useTranslation();
  const [at] = useLocation();
  const may = useMay();
  if (!may("runs.read") || !may("voicemails.read")) return null;
  const places = { "/runs": t("voicemails.runs"), "/runs/voicemails": t("voicemails.title") };
  return (
    <nav className="runs-tabs" aria-label={t("runs.title")}>
      {Object.entries(places).map(([path, name]) => (
        <Link key={path} href={path} aria-current={at === path ? "page" : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
