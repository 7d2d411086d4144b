import { CloseButton } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Issue, select } from "../editing/editor";
import { told } from "../fields/issues";

/** The panel on the right: what it is about, its fields, and what is at its foot. */
export function Panel({ label, group, head, issues, foot, children }: { label: string; group: string; head: ReactNode; issues: readonly Issue[]; foot?: ReactNode; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <aside className="inspector" aria-label={label} data-group={group}>
      <header className="inspector-head">
        {head}
        <CloseButton aria-label={t("inspector.close")} onClick={() => select(null)} />
      </header>
      <div className="inspector-body">
        {issues.length > 0 && (
          <div className="inspector-issues">
            <IconAlertTriangle size={18} aria-hidden />
            <div>
              {issues.map((issue) => (
                <p key={issue.code + issue.path.join("/")}>{told(issue)}</p>
              ))}
            </div>
          </div>
        )}
        {children}
      </div>
      {foot && <footer className="inspector-foot">{foot}</footer>}
    </aside>
  );
}
