import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { useEditor } from "../../../editing/editor";
import { type Asked, comparedWith, DOES, type Does, type Pretended, readJson, valueAt, withValue } from "./pretending";

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
          <Pretend
            key={pointer}
            variable={variable}
            isDisabled={isWrong}
            value={valueAt(answer, pointer)}
            onChange={(value) => onChange({ ...pretended, answer: withValue(answer, pointer, value) })}
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

/** What a variable is to be; the values that the flow tells apart are offered. */
function Pretend({ variable, isDisabled, value, onChange }: { variable: string; isDisabled: boolean; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const offered = useId();
  const flow = useEditor((editor) => editor.flow);
  return (
    <>
      <TextInput label={t("testing.pretend", { variable })} list={offered} disabled={isDisabled} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
      <datalist id={offered}>
        {comparedWith(flow, variable).map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </>
  );
}
