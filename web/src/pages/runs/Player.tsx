import { useTranslation } from "react-i18next";
import type { components } from "../../api/schema";
import { atTime, spanOf } from "../../shell/times";

export type Voicemail = components["schemas"]["VoicemailView"];

interface Played {
  voicemail: Voicemail;
  /** One of many: nothing of it is fetched before somebody listens, because what was said is kept in no cache. */
  isOfMany?: boolean;
}

/** What a caller left, to be heard; or where it is, when that is not here. */
export function Player({ voicemail, isOfMany = false }: Played) {
  const { t, i18n } = useTranslation();
  const { id, at, phone, contact_name: name, server, whereabouts } = voicemail;
  if (whereabouts !== "here") return <span className="muted small">{t(`voicemails.${whereabouts}`, { server })}</span>;
  const who = name || phone || t("live.somebody");
  const source = new URL(`api/v1/voicemails/${encodeURIComponent(id)}/audio`, document.baseURI).href;
  const label = t("voicemails.player", { who, at: atTime(at, i18n.language) });
  return <audio className="player" controls preload={isOfMany ? "none" : "metadata"} src={source} aria-label={label} />;
}

/** How long it is, in the unit that fits; nothing where nobody wrote it down. */
export function Length({ seconds }: { seconds: number }) {
  const { i18n } = useTranslation();
  return seconds > 0 ? <>{spanOf(seconds * 1000, i18n.language)}</> : null;
}
