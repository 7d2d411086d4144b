import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../api/client";
import type { Field, Piece } from "../api/pieces";
import { type Change, shown } from "../fields/field";
import type { Settings } from "../graph/document";
import { Asking } from "./Asking";
import { Places } from "./Places";
import { questionOf } from "./trying";

/** The field in which a piece that asks a source keeps its answer; null: it asks none. */
export function answerField(piece: Piece | undefined): Field | null {
  const asks = piece?.fields.some((field) => field.kind === "source");
  return (asks && piece?.fields.find((field) => field.kind === "keep")) || null;
}

/** Ask the source of a step for real, see what it says, and click what is to be kept. */
export function TestRequest({ piece, settings, field, onKeep }: { piece: Piece; settings: Settings; field: Field; onKeep: Change }) {
  const { t } = useTranslation();
  const source = shown(settings.source);
  if (!source) return null;
  return (
    <section className="field-card trial" aria-label={t("inspector.test_request")}>
      <Asking
        question={questionOf(settings, shown(piece.fields.find((one) => one.name === "method")?.default) || "GET")}
        ask={async (wish) => (await api.POST("/api/v1/sources/{name}/ask", { params: { path: { name: source } }, body: wish })).data}
        below={({ fields, remedy }) => (
          <>
            {remedy && <Link href={`/settings/sources/${source}`}>{t("inspector.open_source", { source })}</Link>}
            {fields.length > 0 && <Places places={fields} kept={settings[field.name]} onKeep={onKeep} />}
          </>
        )}
      />
    </section>
  );
}
