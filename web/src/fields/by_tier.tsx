import { Input, NumberInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { isAllowed, readAmount } from "./amounts";
import { useNames } from "./entries";
import { Duration } from "./duration";
import { type FieldProps, useAround, useInput } from "./field";
import { issuesAt, told } from "./issues";
import { isObject } from "./settle";

/** A number of agents for each tier. */
export function AgentsByTier(props: FieldProps) {
  return <ByTier {...props} draw={(part) => <Amount {...part} />} />;
}

/** A part of the agents for each tier, told in percent. */
export function ShareByTier(props: FieldProps) {
  return <ByTier {...props} draw={(part) => <Amount {...part} times={100} suffix=" %" />} />;
}

/** A time for each tier. */
export function TimeByTier(props: FieldProps) {
  return (
    <ByTier
      {...props}
      draw={({ tier, value, onChange }) => (
        <Duration
          field={{ ...props.field, label: tier, name: tier, default: null, kind: "duration" }}
          value={value}
          path={[...props.path, tier]}
          onChange={(changed) => onChange(changed)}
        />
      )}
    />
  );
}

interface PartProps {
  tier: string;
  value: unknown;
  isWrong: boolean;
  onChange: (value: unknown) => void;
}

/** One line for each tier that there is, and for those that are written and are none. */
function ByTier({ field, value, onChange, path, draw }: FieldProps & { draw: (part: PartProps) => ReactNode }) {
  const { t } = useTranslation();
  const { label, error, description } = useInput(field, path, true);
  const { issues } = useAround();
  const written = isObject(value) ? value : {};
  const tiers = [...new Set([...useNames("tiers"), ...Object.keys(written)])];

  function change(tier: string, changed: unknown) {
    const { [tier]: _, ...rest } = written;
    const wanted = changed === undefined ? rest : { ...written, [tier]: changed };
    onChange(Object.keys(wanted).length ? wanted : undefined, tier);
  }

  return (
    <Input.Wrapper label={label} error={error} description={description} labelElement="div">
      <div className="field-list" role="group" aria-label={label}>
        {tiers.length === 0 && <p className="muted small field-note">{t("field.no_tiers")}</p>}
        {tiers.map((tier) => {
          const mistakes = issuesAt(issues, [...path, tier]).map(told).join(" ");
          return (
            <div key={tier}>
              {draw({ tier, value: written[tier], isWrong: mistakes !== "", onChange: (changed) => change(tier, changed) })}
              {mistakes && field.kind !== "time_by_tier" && <p className="field-error">{mistakes}</p>}
            </div>
          );
        })}
      </div>
    </Input.Wrapper>
  );
}

function Amount({ tier, value, isWrong, onChange, times = 1, suffix = "" }: PartProps & { times?: number; suffix?: string }) {
  const { t } = useTranslation();
  const shown = typeof value === "number" ? Math.round(value * times * 1_000) / 1_000 : "";
  return (
    <div className="field-tier">
      <span>{tier}</span>
      <NumberInput
        aria-label={tier}
        error={isWrong}
        min={0}
        allowNegative={false}
        isAllowed={isAllowed}
        suffix={suffix}
        value={shown}
        placeholder={t("field.not_set")}
        clampBehavior="none"
        onChange={(typed) => {
          const amount = readAmount(typed);
          if (amount !== null) onChange(amount === undefined ? undefined : amount / times);
        }}
      />
    </div>
  );
}
