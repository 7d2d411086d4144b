import { Button, Input } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type FieldProps, useInput } from "./field";
import { SpanList } from "./spans";
import { dayInWords, DAYS, readWeek, type Week, writeWeek } from "./weeks";

const WORKDAYS = DAYS.slice(1, 5);

/** The hours of each day of a week. */
export function WeekHours({ field, value, onChange, path }: FieldProps) {
  const { t, i18n } = useTranslation();
  const { label, error, description } = useInput(field, path, true);
  const week = readWeek(value) ?? (readWeek(undefined) as Week);
  const write = (changed: Week) => onChange(writeWeek(changed), "typing");
  const copy = () => write({ ...week, ...Object.fromEntries(WORKDAYS.map((day) => [day, week.monday])) });
  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <div className="field-week">
        {DAYS.map((day) => (
          <div key={day} className="field-day" role="group" aria-label={dayInWords(day, i18n.language)}>
            <span className="field-day-name">{dayInWords(day, i18n.language)}</span>
            <SpanList label={dayInWords(day, i18n.language)} spans={week[day]} path={[...path, day]} onChange={(spans) => write({ ...week, [day]: spans })} />
          </div>
        ))}
      </div>
      {week.monday.length > 0 && (
        <Button variant="subtle" size="compact-sm" color="gray" className="field-add" onClick={copy}>
          {t("field.copy_monday")}
        </Button>
      )}
    </Input.Wrapper>
  );
}
