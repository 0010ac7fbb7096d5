/** Whether a text can be said in UTF-8: half of a surrogate pair cannot (`String.isWellFormed` comes with ES2024). */
export function isUnicode(text: string): boolean {
  // With the flag, a pair is one character that the class does not hold.
  return !/[\uD800-\uDFFF]/u.test(text);
}
