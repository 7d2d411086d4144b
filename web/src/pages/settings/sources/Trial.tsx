import "../../../inspector/inspector.css";
import { Button, NativeSelect } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client";
import { useCatalogue } from "../../../api/pieces";
import { FieldOf } from "../../../fields/FieldOf";
import { shown, Surroundings } from "../../../fields/field";
import { withPart } from "../../../fields/objects";
import { knownVariables } from "../../../fields/variables";
import { type Answer, Asking, type Wish } from "../../../inspector/Asking";
import { Places } from "../../../inspector/Places";
import { questionOf } from "../../../inspector/trying";
import { useSession } from "../../../shell/session";
import type { ExtraProps } from "../extras";
import { FactsWords } from "../facts/FactsWords";
import { useSections } from "../sections";
import { askingPiece, fieldsToTry, firstQuestion, ownQuestions } from "./trying";

/** Ask a source for real while it is set up, as the form says it now, saved or not. */
export default function Trial(props: ExtraProps) {
  const { entry } = props;
  const types = useSections(true).find((one) => one.section === "sources")?.types ?? [];
  const type = types.find((one) => one.type === entry.type);
  if (!type) return null;
  return (
    <FactsWords>
      <TrialOf key={type.type} {...props} group={type.group} />
    </FactsWords>
  );
}

function TrialOf({ name, entry, isNew, isChanged, mayChange, change, group }: ExtraProps & { group: string }) {
  const { t } = useTranslation();
  const { session } = useSession();
  const piece = askingPiece(useCatalogue().steps);
  const questions = ownQuestions(entry);
  const [asked, setAsked] = useState(() => firstQuestion(group));
  const around = useMemo(() => ({ owner: "", piece, issues: [], variables: knownVariables([]), next: {} }), [piece]);
  const mayAsk = mayChange || (session?.permissions.includes("flows.edit") && !isNew);
  if (!piece || !mayAsk) return null;
  const settings = questions.length > 0 ? { ...asked, path: questions.includes(shown(asked.path)) ? asked.path : questions[0] } : asked;
  const isUnsaved = mayChange && (isNew || isChanged);

  async function ask(wish: Wish): Promise<Answer | undefined> {
    if (isUnsaved) return (await api.POST("/api/v1/sources/ask", { body: { ...wish, entry: { ...entry, name: name || "new" } } })).data;
    return (await api.POST("/api/v1/sources/{name}/ask", { params: { path: { name } }, body: wish })).data;
  }

  return (
    <section className="card settings-part" aria-label={t("inspector.test_request")}>
      <h2>{t("sources.try")}</h2>
      <p className="muted small field-note">{t(isUnsaved ? "sources.try_unsaved" : "sources.try_about")}</p>
      <Surroundings value={around}>
        {questions.length > 0 && (
          <NativeSelect
            label={t("sources.question")}
            value={shown(settings.path)}
            data={questions}
            onChange={(event) => setAsked({ ...asked, path: event.currentTarget.value })}
          />
        )}
        {fieldsToTry(piece, group, entry, asked.method).map((field) => (
          <FieldOf key={field.name} field={field} value={asked[field.name]} path={[field.name]} onChange={(value) => setAsked(withPart(asked, field.name, value))} />
        ))}
      </Surroundings>
      <Asking question={questionOf(settings, "GET")} ask={ask} below={below} />
    </section>
  );

  function below(answer: Answer) {
    return (
      <>
        {answer.remedy === "allow_private" && mayChange && !entry.allow_private && (
          <Button variant="default" onClick={() => change({ ...entry, allow_private: true })}>
            {t("sources.allow_private")}
          </Button>
        )}
        {answer.fields.length > 0 && <Places places={answer.fields} />}
      </>
    );
  }
}
