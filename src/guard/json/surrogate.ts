/** Whether a text holds half of a surrogate pair, which no UTF-8 can carry. (`isWellFormed` is not in ES2023.) */
export function hasLoneSurrogate(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0xd800 || code > 0xdfff) continue;
    const next = text.charCodeAt(at + 1);
    if (code > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return true;
    at += 1;
  }
  return false;
}
