import { UnstyledButton } from "@mantine/core";
import { IconCheck, IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Change, shown } from "../fields/field";
import { isObject } from "../fields/settle";
import { keeping, type Place, placed } from "./trying";

/** Each place in an answer; a click keeps it where `onKeep` says how. */
export function Places({ places, kept, onKeep }: { places: readonly Place[]; kept?: unknown; onKeep?: Change }) {
  const items = (Array.isArray(kept) ? kept : []).filter(isObject);
  return (
    <ul className="trial-places">
      {places.map((place) => (
        <li key={place.pointer} style={{ paddingLeft: placed(place.pointer).depth * 14 }}>
          {onKeep && place.type !== "map" ? (
            <Keepable place={place} items={items} onKeep={onKeep} />
          ) : (
            <span className={place.type === "map" ? "trial-place code muted" : "trial-place"}>
              {place.type === "map" ? placed(place.pointer).name : <Said place={place} />}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

function Keepable({ place, items, onKeep }: { place: Place; items: readonly Record<string, unknown>[]; onKeep: Change }) {
  const { t } = useTranslation();
  const isKept = items.some((item) => item.from === place.pointer);
  const label = isKept ? t("inspector.is_kept", { place: place.pointer }) : t("inspector.keep_place", { place: place.pointer });
  const taken = items.map((item) => shown(item.as));
  return (
    <UnstyledButton className="trial-place" disabled={isKept} title={label} onClick={() => onKeep([...items, keeping(place, taken)])}>
      <span className="unseen">{label}:</span>
      <Said place={place} />
      {isKept ? <IconCheck size={15} aria-hidden /> : <IconPlus size={15} aria-hidden />}
    </UnstyledButton>
  );
}

function Said({ place }: { place: Place }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="code">{placed(place.pointer).name}</span>
      <span className="trial-value">{place.type === "list" ? t("inspector.items", { count: Number(place.value) }) : place.value}</span>
    </>
  );
}
