import type { ComponentType } from "react";
import type { Field } from "../api/pieces";
import { SignIn } from "./auth";
import { Choice, Choices } from "./choice";
import { Duration } from "./duration";
import { readDuration } from "./durations";
import { type FieldProps, isScalar } from "./field";
import { Json } from "./json";
import { Keep } from "./keep";
import { List, Words } from "./list";
import { Formula, LongText } from "./long_text";
import { Keys, MapField, Values } from "./map";
import { FlowName, Language, Named, SeveralNamed } from "./named";
import { NumberField } from "./number";
import { Numbers } from "./numbers";
import { ObjectField, Objects } from "./objects";
import { Paths } from "./paths";
import { Rows } from "./rows";
import { SecretName } from "./secret";
import { isObject } from "./settle";
import { SwitchField } from "./switch";
import { CodeText, PlainText, Text } from "./text";
import { Value } from "./value";

/** How a kind is edited, and which values it can show. */
export interface Kind {
  Draw: ComponentType<FieldProps>;
  fits: (value: unknown) => boolean;
}

export const scalar = (Draw: Kind["Draw"]): Kind => ({ Draw, fits: isScalar });
export const texts = (Draw: Kind["Draw"]): Kind => ({ Draw, fits: (value) => isEmpty(value) || (Array.isArray(value) && value.every(isScalar)) });
export const scalars = (Draw: Kind["Draw"]): Kind => ({ Draw, fits: (value) => isEmpty(value) || (isObject(value) && Object.values(value).every(isScalar)) });
export const objects = (Draw: Kind["Draw"]): Kind => ({ Draw, fits: (value) => isEmpty(value) || (Array.isArray(value) && value.every(isObject)) });
export const object = (Draw: Kind["Draw"]): Kind => ({ Draw, fits: (value) => isEmpty(value) || isObject(value) });

const KINDS: Record<string, Kind> = {
  text: scalar(Text),
  path: scalar(Text),
  url: scalar(Text),
  audio: scalar(Text),
  time: scalar(Text),
  long_text: scalar(LongText),
  note: scalar(LongText),
  formula: scalar(Formula),
  id: scalar(CodeText),
  variable: scalar(CodeText),
  pointer: scalar(CodeText),
  cron: scalar(CodeText),
  plain: scalar(PlainText),
  webhook: scalar(PlainText),
  zone: scalar(PlainText),
  template_language: scalar(PlainText),
  value: scalar(Value),
  number: { Draw: NumberField, fits: isScalar },
  duration: { Draw: Duration, fits: (value) => isEmpty(value) || readDuration(value) !== null },
  switch: { Draw: SwitchField, fits: (value) => isEmpty(value) || typeof value === "boolean" },
  choice: scalar(Choice),
  choices: texts(Choices),
  language: scalar(Language),
  queue: scalar(Named),
  source: scalar(Named),
  table: scalar(Named),
  hours: scalar(Named),
  tier: scalar(Named),
  trunk: scalar(Named),
  our_number: scalar(Named),
  skill: scalar(Named),
  agent: scalar(Named),
  agents: texts(SeveralNamed),
  queues: texts(SeveralNamed),
  accounts: texts(SeveralNamed),
  flow: scalar(FlowName),
  secret: scalar(SecretName),
  numbers: texts(Numbers),
  targets: texts(List),
  list: texts(List),
  keywords: texts(Words),
  map: scalars(MapField),
  headers: scalars(MapField),
  values: scalars(Values),
  keys: scalars(Keys),
  keep: objects(Keep),
  rows: objects(Rows),
  paths: objects(Paths),
  options: objects(Objects),
  shares: objects(Objects),
  also: objects(Objects),
  skills: { Draw: Objects, fits: (value) => isEmpty(value) || (Array.isArray(value) && value.every((one) => isObject(one) || typeof one === "string")) },
  special_days: objects(Objects),
  object: object(ObjectField),
  fallback: object(ObjectField),
  media: object(ObjectField),
  template: object(ObjectField),
  auth: object(SignIn),
};

/** Learn kinds that only some pages draw, so that others need not fetch them. */
export function learn(kinds: Record<string, Kind>): void {
  Object.assign(KINDS, kinds);
}

/** What a field is edited with. */
export function fieldFor(field: Field, value: unknown): ComponentType<FieldProps> {
  const kind = KINDS[field.kind];
  return kind?.fits(value) ? kind.Draw : Json;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null;
}
