import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { Issue } from "../../editing/editor";
import type { Permission } from "../../shell/session";
import type { Entry } from "../../fields/entries";


/** What stands beside a form besides its fields is given this. */
export interface ExtraProps {
  /** The entry's name; empty while a new one has none. */
  name: string;
  /** What the form says now, saved or not. In a table: what is saved. */
  entry: Entry;
  isNew: boolean;
  /** Whether the form says something else than what is saved. */
  isChanged: boolean;
  /** Whether whoever looks may change the workspace. */
  mayChange: boolean;
  /** What is wrong with what was to be saved, with places from the entry on. */
  issues: readonly Issue[];
  /** Write something else into the form. */
  change: (entry: Entry) => void;
  /** Save what the form says, or `entry` instead; whether it worked. What is wrong stands beside its field then. */
  save: (entry?: Entry) => Promise<boolean>;
}

type Slot = LazyExoticComponent<ComponentType<ExtraProps>>;

interface Extras {
  /** Above the fields. */
  Above?: Slot;
  /** Below the fields. */
  Below?: Slot;
  /** On the right of the fields. */
  Beside?: Slot;
  /** A column of the table; `heading` is the key of its word. */
  Cell?: Slot;
  heading?: string;
  /** Fields that the extras draw themselves. */
  draws?: readonly string[];
}

/** What a section has besides the fields of its entries. */
export const EXTRAS: Record<string, Extras> = {
  queues: { Beside: lazy(() => import("./queues/Says")), Cell: lazy(() => import("./queues/Standing")) },
  agents: { Cell: lazy(() => import("./agents/State")) },
  tables: { Below: lazy(() => import("./tables/Rows")), draws: ["key", "columns", "rows"] },
  trunks: { Beside: lazy(() => import("./trunks/Trial")) },
  channels: { Beside: lazy(() => import("./channels/Arrivals")), Cell: lazy(() => import("./channels/Light")), heading: "settings.now" },
  sources: { Beside: lazy(() => import("./sources/Trial")) },
};

interface Page {
  needs: Permission | null;
  Page: LazyExoticComponent<ComponentType>;
}

/** Places of the settings that are no sections of the workspace; their words are under `settings.places`. */
export const PAGES: Record<string, Page> = {
  people: { needs: "users.read", Page: lazy(() => import("./people/PeoplePage")) },
  me: { needs: null, Page: lazy(() => import("./me/MePage")) },
  secrets: { needs: "secrets.read", Page: lazy(() => import("./secrets/SecretsPage")) },
};

/** The list on the left, in groups; their words are under `settings.groups`. */
export const GROUPS: { group: string; places: string[] }[] = [
  { group: "answering", places: ["queues", "tiers", "agents", "skills", "hours"] },
  { group: "lines", places: ["numbers", "trunks", "channels"] },
  { group: "facts", places: ["sources", "tables", "secrets"] },
  { group: "access", places: ["people", "me"] },
];

