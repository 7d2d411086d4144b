/** Rows of conditions: which operators a variable's type allows, and what values they take. */

export type ValueType = "text" | "number" | "boolean" | "time" | "list" | "any";

export interface Row {
  variable?: string;
  operator?: string;
  value?: unknown;
  match_case?: boolean;
}

const EQUAL = ["is", "is_not", "is_one_of", "is_none_of"];
const INSIDE = ["contains", "starts_with", "ends_with", "matches"];
const ORDER = ["greater_than", "at_least", "less_than", "at_most", "between"];
const SET = ["is_set", "is_not_set"];
const TRUTH = ["is_true", "is_false"];
const MOMENT = ["before", "after"];

const OPERATORS: Record<ValueType, readonly string[]> = {
  text: [...EQUAL, ...INSIDE, ...SET],
  number: [...EQUAL, ...ORDER, ...SET],
  boolean: [...TRUTH, ...SET],
  time: [...MOMENT, "between", ...SET],
  list: ["contains", ...SET],
  any: [...EQUAL, ...INSIDE, ...ORDER, ...TRUTH, ...MOMENT, ...SET],
};

/** The operators that compare a value of a type, the usual one first. One that is written already stays among them. */
export function operatorsFor(type: ValueType, written = ""): readonly string[] {
  const fitting = OPERATORS[type];
  return !written || fitting.includes(written) ? fitting : [...fitting, written];
}

export type Shape = "none" | "one" | "two" | "many";

/** How many values an operator compares with. */
export function shapeOf(operator: string): Shape {
  if (SET.includes(operator) || TRUTH.includes(operator)) return "none";
  if (operator === "is_one_of" || operator === "is_none_of") return "many";
  return operator === "between" ? "two" : "one";
}

/** What somebody typed, as the row's value: a number where numbers are compared, else the text itself, to the letter,
 *  because people may be in the middle of it. */
export function valueFrom(typed: string, operator: string, type: ValueType): string | number {
  const comparesNumbers = type === "number" || (type === "any" && ORDER.includes(operator));
  const number = Number(typed);
  return comparesNumbers && String(number) === typed && Number.isFinite(number) ? number : typed;
}

/** The values of a row, as a list. */
export function valuesOf(value: unknown): unknown[] {
  if (value === undefined || value === null || value === "") return [];
  return Array.isArray(value) ? value : [value];
}

/** A row with another operator; its values stay as far as the operator takes them. */
export function withOperator(row: Row, operator: string): Row {
  const { value: _, ...rest } = row;
  const values = valuesOf(row.value);
  switch (shapeOf(operator)) {
    case "none":
      return { ...rest, operator };
    case "many":
      return { ...rest, operator, value: values };
    case "two":
      return { ...rest, operator, value: [values[0] ?? "", values[1] ?? ""] };
    default:
      return values.length ? { ...rest, operator, value: values[0] } : { ...rest, operator };
  }
}

/** The first row about a variable: of texts any of several is what people mostly ask for. */
export function firstRow(variable: string, type: ValueType): Row {
  const row: Row = { variable: "", operator: "is_one_of", value: [] };
  return variable ? withVariable(row, variable, type) : row;
}

/** A row about another variable: an operator that does not fit its type gives way to the usual one. */
export function withVariable(row: Row, variable: string, type: ValueType): Row {
  const [usual = "is"] = OPERATORS[type];
  const fits = row.operator !== undefined && OPERATORS[type].includes(row.operator);
  return fits ? { ...row, variable } : { ...withOperator(row, usual), variable };
}
