import { ActionIcon, Button, Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { IconAlertTriangleFilled, IconArrowBackUp, IconArrowForwardUp, IconCircleCheck, IconHistory } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useCatalogue } from "../../api/pieces";
import { stepCalled } from "../../editing/called";
import { redoLast, undoLast, useEditor } from "../../editing/editor";
import { START } from "../../graph/document";
import { goToSettings } from "../../keyboard/state";
import { Trail } from "../../shell/Trail";
import { Choice } from "./Choice";
import { FlowName } from "./FlowName";
import { LiveBadge } from "./LiveBadge";
import { People } from "./People";
import { Publish } from "./Publish";
import { Unpublished } from "./Unpublished";
import { show, showVersions, useView } from "./view";

const FileMenu = lazy(() => import("./FileMenu"));

/** Where the flow stands, and what can be done with it as a whole. */
export function TopBar() {
  const { t } = useTranslation();
  return (
    <header className="top-bar">
      <div className="top-start">
        <Trail to="/flows" name={t("flows.title")} />
        <FlowName />
        <Standing />
      </div>
      <Modes />
      <div className="top-end">
        <People />
        <Steps />
        <ProblemList />
        <VersionsButton />
        <Suspense fallback={<ActionIcon variant="subtle" color="gray" size="lg" loading aria-hidden />}>
          <FileMenu />
        </Suspense>
        <Publish />
      </div>
    </header>
  );
}

function Modes() {
  const key = useEditor((editor) => editor.key);
  const { mode } = useView();
  return <Choice flow={key} value={mode} />;
}

function VersionsButton() {
  const { t } = useTranslation();
  const { hasVersions } = useView();
  return (
    <Tooltip label={t("versions.title")}>
      <Button
        variant="default"
        className="versions-button"
        leftSection={<IconHistory size={18} aria-hidden />}
        aria-label={t("versions.title")}
        aria-pressed={hasVersions}
        onClick={() => showVersions(!hasVersions)}
      >
        {t("versions.title")}
      </Button>
    </Tooltip>
  );
}

function Standing() {
  const { t } = useTranslation();
  const { liveVersion, saving } = useEditor();
  return (
    <>
      <LiveBadge version={liveVersion} />
      <span className="muted small" role="status">
        {t(`flow.${saving}`)}
      </span>
      <Unpublished />
    </>
  );
}

function Steps() {
  const { t } = useTranslation();
  const { history } = useEditor();
  return (
    <>
      <Tooltip label={`${t("flow.undo")}  Ctrl Z`}>
        <ActionIcon variant="subtle" color="gray" size="lg" disabled={!history.past.length} aria-label={t("flow.undo")} onClick={undoLast}>
          <IconArrowBackUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={`${t("flow.redo")}  Ctrl Shift Z`}>
        <ActionIcon variant="subtle" color="gray" size="lg" disabled={!history.future.length} aria-label={t("flow.redo")} onClick={redoLast}>
          <IconArrowForwardUp size={18} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}

function ProblemList() {
  const { t } = useTranslation();
  const { issues, flow } = useEditor();
  const catalogue = useCatalogue();
  if (issues.length === 0)
    return (
      <span className="problem-chip">
        <IconCircleCheck size={16} aria-hidden />
        {t("flow.no_problems")}
      </span>
    );
  return (
    <Menu position="bottom-end" width={360} withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className="problem-chip" data-bad>
          <IconAlertTriangleFilled size={15} aria-hidden />
          {t("flow.problems", { count: issues.length })}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
        {issues.map((issue, place) => (
          <Menu.Item key={place} onClick={() => goToProblem(issue.step)}>
            <b>{stepCalled(flow, catalogue, issue.step)}</b>
            <div>{issue.sentence}</div>
            {issue.fix && <div className="small">{issue.fix}</div>}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What is wrong with the flow as a whole, or with what starts it, is told where that is set up. */
function goToProblem(step: string): void {
  show("edit");
  goToSettings(step || START);
}
