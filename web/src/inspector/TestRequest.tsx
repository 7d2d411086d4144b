import { Alert, Button, TextInput, UnstyledButton } from "@mantine/core";
import { IconCheck, IconPlus, IconSend } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api/client";
import type { components } from "../api/schema";
import type { Field, Piece } from "../api/pieces";
import { type Change, shown } from "../fields/field";
import { isObject } from "../fields/settle";
import type { Settings } from "../graph/document";
import { keeping, namesIn, type Place, placed, questionOf } from "./trying";

type Answer = components["schemas"]["AskedView"];

const ONLY_READ = new Set(["GET", "HEAD"]);
/** What people try as a caller's number at first. */
const KEPT_NUMBER = "skipline.tried_phone";

/** The field in which a piece that asks a source keeps its answer; null: it asks none. */
export function answerField(piece: Piece | undefined): Field | null {
  const asks = piece?.fields.some((field) => field.kind === "source");
  return (asks && piece?.fields.find((field) => field.kind === "keep")) || null;
}

/** Ask the source of a step for real, see what it says, and click what is to be kept. */
export function TestRequest({ piece, settings, field, onKeep }: { piece: Piece; settings: Settings; field: Field; onKeep: Change }) {
  const { t } = useTranslation();
  const [given, setGiven] = useState<Record<string, string>>({ "contact.phone": localStorage.getItem(KEPT_NUMBER) ?? "" });
  const source = shown(settings.source);
  const question = questionOf(settings, shown(piece.fields.find((one) => one.name === "method")?.default) || "GET");
  const names = namesIn(question);
  const ask = useMutation({
    mutationFn: async () => {
      localStorage.setItem(KEPT_NUMBER, given["contact.phone"] ?? "");
      const variables = Object.fromEntries(names.filter((name) => given[name]).map((name) => [name, given[name]]));
      return (await api.POST("/api/v1/sources/{name}/ask", { params: { path: { name: source } }, body: { ...question, variables } })).data;
    },
  });
  if (!source) return null;
  return (
    <section className="field-card trial" aria-label={t("inspector.test_request")}>
      {names.map((name) => (
        <TextInput
          key={name}
          label={name === "contact.phone" ? t("inspector.look_up_number") : name}
          placeholder={name === "contact.phone" ? "+31612345678" : ""}
          value={given[name] ?? ""}
          onChange={(event) => setGiven({ ...given, [name]: event.currentTarget.value })}
        />
      ))}
      {!ONLY_READ.has(question.method) && <p className="muted small field-note">{t("inspector.really_sent", { method: question.method })}</p>}
      <Button variant="default" fullWidth leftSection={<IconSend size={15} aria-hidden />} loading={ask.isPending} onClick={() => ask.mutate()}>
        {t("inspector.test_request")}
      </Button>
      <div role="status">
        {ask.error && <Alert color="red">{ask.error.message}</Alert>}
        {ask.data && <Told answer={ask.data} />}
      </div>
      {ask.data && ask.data.fields.length > 0 && <Places places={ask.data.fields} kept={settings[field.name]} onKeep={onKeep} />}
    </section>
  );
}

function Told({ answer }: { answer: Answer }) {
  const { t, i18n } = useTranslation();
  const isAnswered = answer.status === "ok";
  const time = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 }).format(answer.took_ms);
  return (
    <p className="trial-told" data-ok={isAnswered || undefined}>
      {isAnswered ? t("inspector.answered", { time }) : answer.status === "not_found" ? t("inspector.not_found") : t("inspector.not_answered")}
      {!isAnswered && answer.reason && <span className="small"> {answer.reason}</span>}
    </p>
  );
}

/** Each place in the answer; a click keeps it. */
function Places({ places, kept, onKeep }: { places: readonly Place[]; kept: unknown; onKeep: Change }) {
  const { t } = useTranslation();
  const items = (Array.isArray(kept) ? kept : []).filter(isObject);
  const pointers = items.map((item) => item.from);
  return (
    <ul className="trial-places">
      {places.map((place) => {
        const { depth, name } = placed(place.pointer);
        const isKept = pointers.includes(place.pointer);
        const label = isKept ? t("inspector.is_kept", { place: place.pointer }) : t("inspector.keep_place", { place: place.pointer });
        const taken = items.map((item) => shown(item.as));
        return (
          <li key={place.pointer} style={{ paddingLeft: depth * 14 }}>
            {place.type === "map" ? (
              <span className="trial-place code muted">{name}</span>
            ) : (
              <UnstyledButton className="trial-place" disabled={isKept} title={label} onClick={() => onKeep([...items, keeping(place, taken)])}>
                <span className="unseen">{label}:</span>
                <span className="code">{name}</span>
                <span className="trial-value">{place.type === "list" ? t("inspector.items", { count: Number(place.value) }) : place.value}</span>
                {isKept ? <IconCheck size={15} aria-hidden /> : <IconPlus size={15} aria-hidden />}
              </UnstyledButton>
            )}
          </li>
        );
      })}
    </ul>
  );
}
