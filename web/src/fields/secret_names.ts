/** Names of secrets, as they are suggested from what they are for. */

const LONGEST = 60;
/** Fields such as `password_secret` say what it is before they say that it is one. */
const SAYS_WHAT = /^(.*(?:password|key|token))_secret$/;

/** What the secret of an entry's field may be called, such as `loyalty_key` for `secret` of the source `loyalty`; one that
 *  nothing else is called, so that no other value is replaced. */
export function secretName(entry: string, field: string, taken: readonly string[]): string {
  const what = field === "secret" ? "key" : (SAYS_WHAT.exec(field)?.[1] ?? field);
  const plain = entry.replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^[^A-Za-z0-9]+|_+$/g, "");
  const wanted = (plain ? `${plain}_${what}` : what).slice(0, LONGEST);
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted.slice(0, LONGEST - 4)}_${number}`;
    if (!taken.includes(name)) return name;
  }
}

/** Whether the vault takes a secret of this name. */
export function isSecretName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/.test(name);
}
