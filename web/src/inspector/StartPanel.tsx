import { Button, Menu } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { titleOf, useCatalogue, wordOf } from "../api/pieces";
import { PieceTile } from "../canvas/PieceTile";
import { edit, type Issue, useEditor } from "../editing/editor";
import { RemoveButton } from "../fields/buttons";
import { Surroundings } from "../fields/field";
import { told } from "../fields/issues";
import { START, type Trigger } from "../graph/document";
import { useSurroundings } from "./around";
import { Fields } from "./Fields";
import { Panel } from "./Panel";
import { issuesBeside, triggerSettingOf } from "./settings";

const NOT_SETTINGS = ["type"];

/** What starts the flow: each trigger on a card. */
export function StartPanel() {
  const { t } = useTranslation();
  const triggers = useEditor((editor) => editor.flow.triggers);
  const issues = useEditor((editor) => editor.issues);
  const catalogue = useCatalogue();
  const own = issues.filter((issue) => issue.step === "" || issue.step === START);
  const ofTrigger = (position: number) => own.filter((issue) => isAbout(issue, position));
  const rest = own.filter((issue) => !triggers.some((_, position) => isAbout(issue, position)));
  return (
    <Panel
      label={t("inspector.start")}
      group="start"
      issues={rest}
      head={
        <>
          <PieceTile type="start" group="start" />
          <div className="inspector-title">
            <h2>{t("inspector.start")}</h2>
            <p className="muted small">{t("inspector.start_about")}</p>
          </div>
        </>
      }
    >
      {triggers.map((trigger, position) => (
        <TriggerCard key={`${position} ${trigger.type}`} trigger={trigger} position={position} issues={ofTrigger(position)} />
      ))}
      <Menu width="target" position="bottom">
        <Menu.Target>
          <Button variant="default" fullWidth leftSection={<IconPlus size={15} aria-hidden />}>
            {t("inspector.add_trigger")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {Object.values(catalogue.triggers).map((piece) => (
            <Menu.Item key={piece.type} leftSection={<PieceTile type={piece.type} group="start" small />} onClick={() => addTrigger(piece.type)}>
              {titleOf(piece, piece.type)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Panel>
  );
}

function TriggerCard({ trigger, position, issues }: { trigger: Trigger; position: number; issues: readonly Issue[] }) {
  const { t } = useTranslation();
  const piece = useCatalogue().triggers[trigger.type];
  const around = useSurroundings(START, piece, issues);
  const title = titleOf(piece, trigger.type);
  return (
    <section className="field-card" aria-label={title}>
      <header className="trigger-head">
        <PieceTile type={trigger.type} group="start" small />
        <span>
          <b>{title}</b>
          {piece && <small className="muted">{wordOf(piece, "about")}</small>}
        </span>
        <RemoveButton label={t("inspector.remove_trigger", { name: title })} onClick={() => removeTrigger(position)} />
      </header>
      {issuesBeside(issues, piece).map((issue) => (
        <p key={issue.code + issue.path.join("/")} className="field-error">
          {told(issue)}
        </p>
      ))}
      <Surroundings value={around}>
        <Fields piece={piece} settings={trigger} besides={NOT_SETTINGS} issues={issues} writer={(field) => triggerSettingOf(position, field)} />
      </Surroundings>
    </section>
  );
}

function isAbout(issue: Issue, position: number): boolean {
  return issue.path[0] === "triggers" && issue.path[1] === position;
}

function addTrigger(type: string): void {
  edit((flow) => {
    flow.triggers = [...flow.triggers, { type }];
  });
}

function removeTrigger(position: number): void {
  edit((flow) => {
    flow.triggers = flow.triggers.filter((_, place) => place !== position);
  });
}
