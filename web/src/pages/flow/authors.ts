import type { TFunction } from "i18next";

/** Who publishes and is nobody, by the name that the server keeps for them. */
const NOBODY: ReadonlyMap<string, string> = new Map([
  ["started with", "start"],
  ["command line", "command_line"],
]);

/** Who did something, as people read it. */
export function authorCalled(author: string, t: TFunction): string {
  const key = NOBODY.get(author);
  return key ? t(`versions.by.${key}`) : author;
}
