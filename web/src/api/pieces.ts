import { useQuery } from "@tanstack/react-query";
import { currentLanguage } from "../shell/language";
import { api, questions } from "./client";
import type { components } from "./schema";

export type Piece = components["schemas"]["PieceView"];
export type Field = components["schemas"]["FieldView"];

/** The steps and triggers that the server knows, by type. */
export interface Catalogue {
  steps: Record<string, Piece>;
  triggers: Record<string, Piece>;
}

const NONE: Catalogue = { steps: {}, triggers: {} };

/** Without the pieces nothing can be drawn, so they are asked for until they are there. */
const RETRY_MS = 1_500;

/** What there is to draw with; the same for as long as the page is open. */
export function useCatalogue(): Catalogue {
  const { data } = useQuery({ queryKey: ["pieces"], queryFn: readCatalogue, staleTime: Number.POSITIVE_INFINITY, retry: true, retryDelay: RETRY_MS });
  return data ?? NONE;
}

/** The same outside of what is drawn: as far as it is known by now. */
export function catalogueNow(): Catalogue {
  return questions.getQueryData<Catalogue>(["pieces"]) ?? NONE;
}

async function readCatalogue(): Promise<Catalogue> {
  const { data } = await api.GET("/api/v1/pieces");
  return data ? { steps: byType(data.steps), triggers: byType(data.triggers) } : NONE;
}

function byType(pieces: readonly Piece[]): Record<string, Piece> {
  return Object.fromEntries(pieces.map((piece) => [piece.type, piece]));
}

/** A piece's own word in the language of the page; English where it has none, the key itself where nobody has. */
export function wordOf(piece: Piece | undefined, key: string): string {
  const words = piece?.words ?? {};
  return words[currentLanguage()]?.[key] ?? words.en?.[key] ?? key;
}

/** What a way out of a step is called: as somebody wrote, else the piece's own word; the server tells the English one. */
export function exitWord(piece: Piece | undefined, { name, label }: { name: string; label: string }): string {
  const key = `exit.${name}`;
  return label === piece?.words.en?.[key] ? wordOf(piece, key) : label;
}

/** What a piece is called. */
export function titleOf(piece: Piece | undefined, type: string): string {
  return piece ? wordOf(piece, "title") : type;
}

/** The order in which groups are shown. */
export const GROUPS = ["start", "data", "decide", "talk", "route", "finish"] as const;
