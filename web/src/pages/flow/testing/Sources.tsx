import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Asked, DOES, type Does, type Pretended, readJson, valueAt, withValue } from "./pretending";

interface Props {
  asked: readonly Asked[];
  sources: Record<string, Pretended>;
  onChange: (sources: Record<string, Pretended>) => void;
}

/** What each source that the flow asks says in the test: the values that the flow keeps, or the whole answer. */
export function Sources({ asked, sources, onChange }: Props) {
  return asked.map(({ source, keeps }) => {
    const pretended = sources[source] ?? NOTHING;
    return <OneSource key={source} source={source} keeps={keeps} pretended={pretended} onChange={(one) => onChange({ ...sources, [source]: one })} />;
  });
}

/** What a source answers that nobody has spoken for. */
export const NOTHING: Pretended = { does: "ok", answer: "{}" };

function OneSource({ source, keeps, pretended, onChange }: Asked & { pretended: Pretended; onChange: (one: Pretended) => void }) {
  const { t } = useTranslation();
  const { does, answer } = pretended;
  const isWrong = readJson(answer) === undefined;
  return (
    <div className="field-card">
      <NativeSelect
        label={t("testing.source", { source })}
        value={does}
        data={DOES.map((one) => ({ value: one, label: t(`testing.does.${one}`) }))}
        onChange={(event) => onChange({ ...pretended, does: event.currentTarget.value as Does })}
      />
      {does === "ok" &&
        keeps.map(({ pointer, variable }) => (
          <TextInput
            key={pointer}
            label={t("testing.pretend", { variable })}
            disabled={isWrong}
            value={valueAt(answer, pointer)}
            onChange={(event) => onChange({ ...pretended, answer: withValue(answer, pointer, event.currentTarget.value) })}
          />
        ))}
      {does === "ok" && (
        <Textarea
          label={t("testing.answer")}
          classNames={{ input: "code" }}
          autosize
          minRows={2}
          maxRows={10}
          value={answer}
          error={isWrong && t("testing.no_json")}
          onChange={(event) => onChange({ ...pretended, answer: event.currentTarget.value })}
        />
      )}
    </div>
  );
}
