/** Words of nftables' own language (nft(8), src/scanner.l): blanks separate, `#` begins a comment, `\` joins lines. */

export interface NftToken {
  /** Without quotes; `\n` for the end of a line. */
  text: string;
  kind: 'word' | 'string' | 'sign' | 'end';
  start: number;
  end: number;
}

const MOST_TOKENS = 400_000;

export function tokensOf(text: string): { tokens: NftToken[]; whole: boolean } {
  const tokens: NftToken[] = [];
  // Sticky, one alternative each: linear.
  const next =
    /[ \t\r\ufeff]+|\\\r?\n|#[^\n]*|(\n|;)|"([^"\n]{0,4096})"|([{}(),|&]|==|!=|<=|>=|[<>=])|([^\s{}(),;"=!<>|&#\\]+)|[\s\S]/y;
  for (let at = 0; at < text.length; at = next.lastIndex) {
    if (tokens.length >= MOST_TOKENS) return { tokens, whole: false };
    next.lastIndex = at;
    const match = next.exec(text);
    if (match === null) break;
    const [all, end, string, sign, word] = match;
    const place = { start: at, end: at + all.length };
    if (end !== undefined) tokens.push({ text: end, kind: 'end', ...place });
    else if (string !== undefined) tokens.push({ text: string, kind: 'string', ...place });
    else if (sign !== undefined) tokens.push({ text: sign, kind: 'sign', ...place });
    else if (word !== undefined) tokens.push({ text: word, kind: 'word', ...place });
    else if (all === '!') tokens.push({ text: '!=', kind: 'sign', ...place });
  }
  return { tokens, whole: true };
}
