/**
 * Addresses that a script puts together out of a base with a name of its own and a path, the idiom of bundled apps:
 * `{production:!0,apiUrl:"https://…"}` in one module and `get(e.apiUrl+"/users")` in another. Minifiers shorten variables
 * but keep the names of properties. Joined is only what is sure enough: the name says that it is an address, it is at
 * least five characters long, and all literals given to it in the file are the same one.
 */
import type { EmitPiece, TextPiece } from './piece.ts';

const NAME = /^(?=.{5,64}$)[\w$]*(?:api|base|server|backend|endpoint|host|url|uri|root)[\w$]*$/i;
const ADDRESS = /^(?:https?|wss?):\/\/[^\s?#<>{}"'`]{3,200}$/i;
const MAX_BASES = 500;
const MAX_USES = 5000;

export interface Joins {
  /** A literal and the name it is given to. */
  given(name: string | undefined, text: string): void;
  /**
   * A literal that may continue a base.
   *
   * @param before the code before its opening quote
   * @param after the byte after its closing quote
   */
  used(piece: TextPiece, before: string, after: number | undefined, isTemplate: boolean): void;
  /** All of the script was seen. */
  end(emit: EmitPiece): void;
}

interface Use {
  name: string;
  path: string;
  piece: TextPiece;
}

export function createJoins(): Joins {
  /** Undefined: given more than one address. */
  const bases = new Map<string, string | undefined>();
  const uses: Use[] = [];
  return {
    given(name, text) {
      if (name === undefined || !NAME.test(name) || !ADDRESS.test(text)) return;
      if (bases.size >= MAX_BASES && !bases.has(name)) return;
      bases.set(name, bases.has(name) && bases.get(name) !== text ? undefined : text);
    },
    used(piece, before, after, isTemplate) {
      if (uses.length >= MAX_USES || piece.text.length > 500) return;
      const use = isTemplate ? inTemplate(piece.text) : afterName(piece.text, before, after);
      if (use !== undefined && NAME.test(use.name)) uses.push({ ...use, piece });
    },
    end(emit) {
      for (const { name, path, piece } of uses) {
        const base = bases.get(name);
        if (base === undefined || base.endsWith('/') === path.startsWith('/')) continue;
        emit({ text: base + path, offset: piece.offset, line: piece.line, joined: true });
      }
    },
  };
}

/** `${environment.apiUrl}/users/${id}` */
function inTemplate(text: string): { name: string; path: string } | undefined {
  const match = /^\$\{(?:[\w$]{1,64}\.){0,4}([\w$]{5,64})\}/.exec(text);
  if (match?.[1] === undefined) return undefined;
  const path = text.slice(match[0].length).replace(/\$\{[^{}]{0,200}\}/g, '{}');
  return path === '' || path.includes('${') ? undefined : { name: match[1], path };
}

/** `e.apiUrl+"/users"`, `e.apiUrl.concat("/users")`, `"".concat(e.apiUrl,"/users")` */
function afterName(
  text: string,
  before: string,
  after: number | undefined,
): { name: string; path: string } | undefined {
  if (text === '' || !/[+(,]\s?\s?$/.test(before.slice(-3))) return undefined;
  const match =
    /([\w$]{5,64})(?:\s{0,2}\+\s{0,2}|\.concat\()$/.exec(before) ??
    /\.concat\((?:[\w$]{1,64}\.){0,4}([\w$]{5,64}),\s?$/.exec(before);
  if (match?.[1] === undefined) return undefined;
  const goesOn = after === 0x2b || (after === 0x2c && before.includes('.concat(')); // + ,
  return { name: match[1], path: goesOn ? `${text}{}` : text };
}
