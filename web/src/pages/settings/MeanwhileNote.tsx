import { Alert, Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { durationInWords } from "../../fields/durations";
import type { Entry } from "../../fields/entries";
import { labelOf } from "../../fields/field";
import { isObject } from "../../fields/settle";
import { differing } from "./differing";
import type { Meanwhile } from "./entries";
import { pieceOf, type Section } from "./sections";

interface NoteProps {
  section: Section;
  mine: Entry;
  meanwhile: Meanwhile;
  onTake: () => void;
  onKeep: () => void;
}

/** What somebody else wrote while one was writing, beside one's own: nothing is overwritten unless one says so. */
export function MeanwhileNote({ section, mine, meanwhile, onTake, onKeep }: NoteProps) {
  const { t } = useTranslation();
  const { entry: theirs, isTaken } = meanwhile;
  return (
    <Alert color="yellow" role="alert" className="settings-meanwhile">
      <p>{isTaken ? t("settings.taken") : theirs ? t("settings.meanwhile") : t("settings.meanwhile_gone")}</p>
      {theirs && <Differences section={section} theirs={theirs} mine={mine} />}
      <Group>
        <Button variant="default" onClick={onTake}>
          {t("settings.take_theirs")}
        </Button>
        <Button variant="default" onClick={onKeep}>
          {t("settings.keep_mine")}
        </Button>
      </Group>
    </Alert>
  );
}

function Differences({ section, theirs, mine }: { section: Section; theirs: Entry; mine: Entry }) {
  const { t, i18n } = useTranslation();
  const piece = pieceOf(section, mine.type);
  const labelFor = (key: string) => {
    const field = piece.fields.find((one) => one.name === key);
    return field ? labelOf(piece, field) : key;
  };
  const say = (value: unknown) => written(value, i18n.language) || t("settings.nothing");
  return (
    <table className="settings-differences">
      <thead>
        <tr>
          <td />
          <th scope="col">{t("settings.theirs")}</th>
          <th scope="col">{t("settings.mine")}</th>
        </tr>
      </thead>
      <tbody>
        {differing(theirs, mine).map((key) => (
          <tr key={key}>
            <th scope="row">{labelFor(key)}</th>
            <td>{say(theirs[key])}</td>
            <td>{say(mine[key])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function written(value: unknown, language: string): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((one) => written(one, language)).join(", ");
  if (isObject(value))
    return Object.entries(value)
      .map(([key, one]) => `${key}: ${written(one, language)}`)
      .join(", ");
  return durationInWords(value, language);
}
