import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { titleOf, useCatalogue } from "../../api/pieces";
import { useFlows } from "../../fields/entries";
import { type Asked, PERIODS } from "./asking";
import { OUTCOMES } from "./Ending";
import { FilterChip } from "./FilterChip";

const CHANNELS = ["whatsapp", "sms", "instagram", "messenger"] as const;
const PAUSE_MS = 250;

interface Props {
  asked: Asked;
  onChange: (change: Partial<Asked>) => void;
}

/** What the run log is asked for. */
export function Filters({ asked, onChange }: Props) {
  const { t } = useTranslation();
  const { triggers } = useCatalogue();
  const flows = useFlows().map((flow) => ({ value: flow.flow, label: flow.name }));
  const outcomes = OUTCOMES.map((outcome) => ({ value: outcome, label: t(`runs.outcome.${outcome}`) }));
  const began = [
    ...Object.entries(triggers).map(([type, piece]) => ({ value: type, label: titleOf(piece, type) })),
    ...CHANNELS.map((channel) => ({ value: `incoming_message/${channel}`, label: t(`runs.channels.${channel}`) })),
  ];
  return (
    <div className="runs-filters" role="search">
      <Search value={asked.contact} onChange={(contact) => onChange({ contact })} />
      <FilterChip label={t("runs.ended")} value={asked.outcome} choices={outcomes} onChange={(outcome) => onChange({ outcome })} />
      <FilterChip label={t("runs.flow")} value={asked.flow} choices={flows} onChange={(flow) => onChange({ flow })} />
      <FilterChip label={t("runs.trigger")} value={asked.began} choices={began} onChange={(one) => onChange({ began: one })} />
      <Period value={asked.period} onChange={(period) => onChange({ period })} />
    </div>
  );
}

interface One {
  value: string;
  onChange: (value: string) => void;
}

/** How far back, or on which day. */
export function Period({ value, onChange }: One) {
  const { t } = useTranslation();
  const periods = PERIODS.map((period) => ({ value: period, label: t(`runs.periods.${period}`) }));
  const day = (PERIODS as readonly string[]).includes(value) ? "" : value;
  return (
    <>
      <FilterChip label={t("runs.period")} value={day ? "" : value} choices={periods} onChange={onChange} />
      <TextInput type="date" aria-label={t("runs.day")} value={day} onChange={(event) => onChange(event.currentTarget.value)} />
    </>
  );
}

/** The search goes into the address once nobody types for a moment. */
export function Search({ value, onChange }: One) {
  const { t } = useTranslation();
  const [written, setWritten] = useState(value);
  useEffect(() => setWritten(value), [value]);
  useEffect(() => {
    if (written === value) return;
    const timer = setTimeout(() => onChange(written), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [written, value, onChange]);
  return (
    <TextInput
      aria-label={t("runs.search")}
      placeholder={t("runs.search")}
      leftSection={<IconSearch size={15} />}
      value={written}
      onChange={(event) => setWritten(event.currentTarget.value)}
    />
  );
}
