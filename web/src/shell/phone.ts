/** A number without what people put between its digits, such as `+31 (0)20 123-45 67`; what is none stays as it is. */
export function plainNumber(written: string): string {
  const text = written.trim();
  return /^[+\d(][\d\s()./-]*$/.test(text) ? text.replace(/^(\+[\d\s]*)\(0\)/, "$1").replace(/[^+\d]/g, "") : text;
}
