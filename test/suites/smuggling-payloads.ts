/**
 * Messages that two readers cut differently. Each holds a second request, `GET /s…`, in a place where one reading takes
 * it for a body and another for the next message.
 *
 * The shapes are known from public work – the gadgets of defparam/smuggler's `default`, `doubles` and `exhaustive` lists,
 * the bugs collected by narfindustries/http-garden, PortSwigger's desync articles – and are written down here anew.
 */
export interface Payload {
  readonly name: string;
  /** Sent part by part, each in a packet of its own. */
  readonly parts: readonly string[];
  /**
   * `refused`: nothing is handled, the answer is an error, the connection ends.
   * `answered`: nothing is handled, the answer is an error; where the message ends is not in doubt, so the connection may stay.
   * `starved`: nothing is handled; the message waits for bytes that never come.
   * `alone`: exactly the first request is handled, and nothing of what it holds.
   */
  readonly outcome: 'refused' | 'answered' | 'starved' | 'alone';
}

/** Stands for the five digits of a payload's number, so that lengths can be written down before. */
const ID = 'ID___';
const HEAD = 'Host: a\r\nContent-Type: application/json\r\n';
const SMUGGLED = `GET /s${ID} HTTP/1.1\r\nHost: a\r\n\r\n`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const byte = (code: number) => String.fromCharCode(code);
const hex = (code: number) => code.toString(16).padStart(2, '0');

/** `Content-Length` covers the smuggled request; a reader of `gadget` as chunked ends before it. */
function lengthFirst(name: string, gadget: string, outcome: Payload['outcome']): Payload {
  const body = `0\r\n\r\n${SMUGGLED}`;
  const text = `POST /m${ID} HTTP/1.1\r\n${HEAD}${gadget}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  return { name: `CL.TE ${name}`, parts: [text], outcome };
}

/** The chunk covers the smuggled request; a reader of `Content-Length` ends before it. */
function chunkFirst(name: string, gadget: string): Payload {
  const body = `${chunk(SMUGGLED)}0\r\n\r\n`;
  const text = `POST /m${ID} HTTP/1.1\r\n${HEAD}Content-Length: 4\r\n${gadget}\r\n\r\n${body}`;
  return { name: `TE.CL ${name}`, parts: [text], outcome: 'refused' };
}

/** Spellings of `Transfer-Encoding: chunked` that some reader takes for one, or for none. */
function codingGadgets(): [name: string, gadget: string][] {
  const gadgets: [string, string][] = [
    ['plain', 'Transfer-Encoding: chunked'],
    ['case', 'TrAnSFer-EnCODinG: cHuNkeD'],
    ['leading space', ' Transfer-Encoding: chunked'],
    ['space before colon', 'Transfer-Encoding : chunked'],
    ['tab before colon', 'Transfer-Encoding\t:\tchunked'],
    ['space in the name', 'Transfer Encoding: chunked'],
    ['underscore', 'Transfer_Encoding: chunked'],
    ['two codings, chunked last', 'Transfer-Encoding: gzip, chunked'],
    ['two codings, chunked first', 'Transfer-Encoding: chunked, identity'],
    ['chunked twice', 'Transfer-Encoding: chunked, chunked'],
    ['an unknown coding', 'Transfer-Encoding: cow'],
    ['xchunked', 'Transfer-Encoding: xchunked'],
    ['identity', 'Transfer-Encoding: identity'],
    ['empty', 'Transfer-Encoding:'],
    ['quoted', 'Transfer-Encoding: "chunked"'],
    ['apostrophes', "Transfer-Encoding: 'chunked'"],
    ['a prefix', 'Transfer-Encoding: chunk'],
    ['words', 'Transfer-Encoding: cow chunked bar'],
    ['a parameter', 'Transfer-Encoding: chunked;foo=bar'],
    ['trailing comma', 'Transfer-Encoding: chunked,'],
    ['leading comma', 'Transfer-Encoding: ,chunked'],
    ['two headers', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'],
    ['two headers, odd first', 'Transfer-Encoding: cow\r\nTransfer-Encoding: chunked'],
    ['two headers, odd last', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity'],
    ['folded by LF', 'Transfer-Encoding:\n chunked'],
    ['folded by CRLF', 'Transfer-Encoding:\r\n chunked'],
    ['folded by tab', 'Transfer-Encoding:\r\n\tchunked'],
    ['folded in another header', 'X: a\r\n Transfer-Encoding: chunked'],
    ['CR in the name', 'Transfer\r-Encoding: chunked'],
    ['after a CR', 'X: X\rTransfer-Encoding: chunked'],
    ['after an LF', 'X: X\nTransfer-Encoding: chunked'],
    ['after CR CR LF', 'X: X\r\r\nTransfer-Encoding: chunked'],
    ['high byte in the value', 'Transfer-Encoding: ch\x96nked'],
    ['high byte in the name', 'Transf\x82r-Encoding: chunked'],
    ['empty name', ': chunked\r\nTransfer-Encoding: chunked'],
    ['in Connection', 'Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked'],
    ['with TE', 'TE: trailers\r\nTransfer-Encoding: chunked'],
  ];
  for (const code of [...Array.from({ length: 0x20 }, (_, at) => at), 0x7f, 0x80, 0x85, 0xa0, 0xad, 0xff]) {
    if (code === 0x0a) continue;
    const char = byte(code);
    gadgets.push(
      [`${hex(code)} before the name`, `${char}Transfer-Encoding: chunked`],
      [`${hex(code)} before the colon`, `Transfer-Encoding${char}: chunked`],
      [`${hex(code)} after the colon`, `Transfer-Encoding:${char}chunked`],
      [`${hex(code)} at the end`, `Transfer-Encoding: chunked${char}`],
      [`${hex(code)} around the name`, `${char}Transfer-Encoding${char}: chunked`],
      [`${hex(code)} around the value`, `Transfer-Encoding:${char}chunked${char}`],
      [`${hex(code)} inside`, `Transfer-${char}Encoding: chunked`],
    );
  }
  return gadgets;
}

/** The coding's text in the value of another header, where a lenient reader ends the line early. */
function hiddenGadgets(): [name: string, gadget: string][] {
  const gadgets: [string, string][] = [];
  for (const code of [0x00, 0x01, 0x04, 0x08, 0x0b, 0x0c, 0x0d, 0x1f, 0x7f]) {
    gadgets.push(
      [`${hex(code)} in another value`, `X: X${byte(code)}Transfer-Encoding: chunked`],
      [`${hex(code)} after CR`, `X: X\r${byte(code)}Transfer-Encoding: chunked`],
      [`${hex(code)} before LF`, `X: X${byte(code)}\nTransfer-Encoding: chunked`],
      [`${hex(code)} behind`, `Transfer-Encoding: chunked${byte(code)}X: X`],
    );
  }
  return gadgets;
}

/** Values of Content-Length that readers take for different numbers. */
const LENGTHS = [
  '+@',
  '-@',
  ' @, @',
  '@,@',
  '@, 0',
  '0, @',
  '0x1f',
  '1e1',
  '@.0',
  '@_0',
  '@ 0',
  '"@"',
  '@;',
  '@\x0b',
  '\x0b@',
  '@\x00',
  '@\xa0',
  '',
  '18446744073709551616',
  '18446744073709551617',
  '9223372036854775808',
  '4294967296000000000000',
  '-1',
  'NaN',
  '٣',
  '½',
] as const;

function lengthPayloads(): Payload[] {
  const payloads: Payload[] = LENGTHS.map((length) => ({
    name: `length ${JSON.stringify(length)}`,
    parts: [
      `POST /m${ID} HTTP/1.1\r\n${HEAD}Content-Length: ${length.replaceAll('@', String(SMUGGLED.length))}\r\n\r\n${SMUGGLED}`,
    ],
    outcome: 'refused',
  }));
  const two = (name: string, lines: string): Payload => ({
    name: `length ${name}`,
    parts: [`POST /m${ID} HTTP/1.1\r\n${HEAD}${lines}\r\n\r\n${SMUGGLED}`],
    outcome: 'refused',
  });
  payloads.push(
    two('twice, different', 'Content-Length: 0\r\nContent-Length: 31'),
    two('twice, the same', 'Content-Length: 31\r\nContent-Length: 31'),
    two('twice, in other cases', 'content-length: 31\r\nCONTENT-LENGTH: 0'),
    two('with a space before the colon', 'Content-Length : 31'),
    two('with a tab before the colon', 'Content-Length\t: 31'),
    two('after a space', ' Content-Length: 31'),
    two('folded', 'Content-Length:\r\n 31'),
    two('folded after a digit', 'Content-Length: 3\r\n 1'),
    two('with an underscore', 'Content_Length: 31'),
    two('after a CR', 'X: a\rContent-Length: 31'),
    two('with NUL before the colon', 'Content-Length\x00: 31'),
  );
  return payloads;
}

/** Chunked bodies that readers cut differently. */
function chunkPayloads(): Payload[] {
  const size = SMUGGLED.length.toString(16);
  const bodies: [name: string, body: string][] = [
    ['size with 0x', `0x0\r\n\r\n${SMUGGLED}`],
    ['size with a sign', `+0\r\n\r\n${SMUGGLED}`],
    ['negative size', `-1\r\n\r\n${SMUGGLED}`],
    ['size with an underscore', `0_${size}\r\n\r\n${SMUGGLED}0\r\n\r\n`],
    ['leading space', ` 0\r\n\r\n${SMUGGLED}`],
    ['trailing space', `0 \r\n\r\n${SMUGGLED}`],
    ['trailing tab', `0\t\r\n\r\n${SMUGGLED}`],
    ['size beyond 64 bits', `10000000000000000\r\n\r\n${SMUGGLED}`],
    ['size of 64 bits', `ffffffffffffffff\r\n${SMUGGLED}`],
    ['empty size', `\r\n\r\n${SMUGGLED}`],
    ['LF after the size', `0\n\n${SMUGGLED}`],
    ['CR after the size', `0\r\r${SMUGGLED}`],
    ['LF after the data', `1\r\nZ\n0\r\n\r\n${SMUGGLED}`],
    ['more data than the size', `1\r\nZZ\r\n0\r\n\r\n${SMUGGLED}`],
    ['less data than the size', `5\r\nZ\r\n0\r\n\r\n`],
    ['two bytes for the CRLF', `1\r\nZXX0\r\n\r\n${SMUGGLED}`],
    ['extension with a bare LF', `0;a\n\r\n${SMUGGLED}`],
    ['extension with a bare CR', `0;a\rb\r\n\r\n${SMUGGLED}`],
    ['extension with NUL', `0;a=\x00\r\n\r\n${SMUGGLED}`],
    ['extension that is no token', `0;"\r\n\r\n${SMUGGLED}`],
    ['comma for semicolon', `0,a\r\n\r\n${SMUGGLED}`],
    ['letters after the size', `0z\r\n\r\n${SMUGGLED}`],
    ['no end', `0\r\nGET /s${ID} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['CR before the final CRLF', `0\r\n\r\r\n${SMUGGLED}`],
    ['a bad trailer', `0\r\nX : a\r\n\r\n${SMUGGLED}`],
    ['a length in the trailer', `0\r\nContent-Length: 31\r\n\r\n${SMUGGLED}`],
    ['a coding in the trailer', `0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['a folded trailer', `0\r\nX: a\r\n b\r\n\r\n${SMUGGLED}`],
  ];
  return bodies.map(([name, body]) => ({
    name: `chunks: ${name}`,
    parts: [`POST /m${ID} HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n${body}`],
    outcome: name === 'size of 64 bits' ? 'starved' : 'refused',
  }));
}

const WELL_FRAMED: ReadonlySet<string> = new Set([
  'two hosts',
  'two hosts in one',
  'authority in the target',
  'authority in the host',
  'OPTIONS *',
  'an unknown expectation',
]);

/** Request lines and header sections that readers cut differently. */
function headPayloads(): Payload[] {
  const lines: [name: string, text: string][] = [
    ['LF in the request line', `GET /m${ID}\nHTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['HTTP/0.9', `GET /m${ID}\r\n\r\n${SMUGGLED}`],
    ['HTTP/0.9 with a version', `GET /m${ID} HTTP/0.9\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['HTTP/2.0', `GET /m${ID} HTTP/2.0\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['HTTP/1.2', `GET /m${ID} HTTP/1.2\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['HTTP/1.10', `GET /m${ID} HTTP/1.10\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['HTTP/1.1 in lower case', `GET /m${ID} http/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['no version number', `GET /m${ID} HTTP/\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['tab for space', `GET\t/m${ID}\tHTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['two spaces', `GET  /m${ID} HTTP/1.1 \r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['space in the target', `GET /m${ID} /s${ID} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['CR in the target', `GET /m${ID}\r/s${ID} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['NUL in the target', `GET /m${ID}\x00/s${ID} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['method in lower case', `get /m${ID} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['method with more', `GETS /m${ID} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['method of symbols', `G=":<>(e),[T];?" /m${ID} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['NUL in a value', `GET /m${ID} HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n`],
    ['CR in a value', `GET /m${ID} HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n`],
    ['CR LF CR in a value', `GET /m${ID} HTTP/1.1\r\nHost: a\r\nX: a\r\n\rb\r\n\r\n`],
    ['LF line ends', `GET /m${ID} HTTP/1.1\nHost: a\n\n${SMUGGLED}`],
    ['CR line ends', `GET /m${ID} HTTP/1.1\rHost: a\r\r${SMUGGLED}`],
    ['no colon', `GET /m${ID} HTTP/1.1\r\nHost: a\r\nX\r\n\r\n`],
    ['no name', `GET /m${ID} HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n`],
    ['a name that is no token', `GET /m${ID} HTTP/1.1\r\nHost: a\r\nX(y): x\r\n\r\n`],
    ['high byte in a name', `GET /m${ID} HTTP/1.1\r\nHost: a\r\n\xefoo: bar\r\n\r\n`],
    ['whitespace before the first header', `GET /m${ID} HTTP/1.1\r\n Host: a\r\n\r\n`],
    ['fold in a value', `GET /m${ID} HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n`],
    ['no host', `GET /m${ID} HTTP/1.1\r\nX: a\r\n\r\n${SMUGGLED}`],
    ['two hosts', `GET /m${ID} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`],
    ['two hosts in one', `GET /m${ID} HTTP/1.1\r\nHost: a, b\r\n\r\n`],
    ['authority in the target', `GET http://a/m${ID} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['authority in the host', `GET /m${ID} HTTP/1.1\r\nHost: a@b/c\r\n\r\n`],
    ['CONNECT', `CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n${SMUGGLED}`],
    ['OPTIONS *', `OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['the HTTP/2 preface', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SMUGGLED}`],
    [
      'upgrade to h2c',
      `GET /m${ID} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n${SMUGGLED}`,
    ],
    [
      'upgrade to a web socket',
      `GET /m${ID} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n${SMUGGLED}`,
    ],
    ['an unknown expectation', `POST /m${ID} HTTP/1.1\r\n${HEAD}Expect: x\r\nContent-Length: 31\r\n\r\n${SMUGGLED}`],
    ['HTTP/1.0 with chunks', `POST /m${ID} HTTP/1.0\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`],
    ['a TLS hello', `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'a'.repeat(64)}`],
  ];
  return lines.map(([name, text]) => ({
    name: `head: ${name}`,
    parts: [text],
    outcome: WELL_FRAMED.has(name) ? 'answered' : 'refused',
  }));
}

/** Sound messages, cut and joined oddly: the first is handled, and what follows is what it says it is. */
function soundPayloads(): Payload[] {
  const one = (name: string, ...parts: string[]): Payload => ({ name: `sound: ${name}`, parts, outcome: 'alone' });
  return [
    one(
      'GET with a body (0.CL)',
      `GET /m${ID} HTTP/1.1\r\n${HEAD}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
    ),
    one(
      'the body a packet later',
      `POST /m${ID} HTTP/1.1\r\n${HEAD}Content-Length: ${SMUGGLED.length}\r\n\r\n`,
      SMUGGLED,
    ),
    one('chunked', `POST /m${ID} HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk(SMUGGLED)}0\r\n\r\n`),
    one(
      'chunked, cut',
      `POST /m${ID} HTTP/1.1\r\n${HEAD}Transfer-Enco`,
      'ding: chunked\r\n\r\n1',
      `0\r\n${'{'.repeat(16)}\r`,
      '\n0\r\n\r\n',
    ),
    one(
      'trailers are no headers',
      `POST /m${ID} HTTP/1.1\r\n${HEAD}Trailer: Authorization\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer x\r\nHost: b\r\n\r\n`,
    ),
    one('garbage behind', `GET /m${ID} HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE / HTTP/1.1\r\n\r\n`),
    one(
      'a method cut off behind',
      `GET /m${ID} HTTP/1.1\r\nHost: a\r\n\r\nG`,
      `PUT /s${ID} HTTP/1.1\r\nHost: a\r\n\r\n`,
    ),
    one('the client closes it', `GET /m${ID} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${SMUGGLED}`),
    one('HTTP/1.0', `GET /m${ID} HTTP/1.0\r\nHost: a\r\n\r\n${SMUGGLED}`),
  ];
}

export function payloads(): Payload[] {
  const coding = codingGadgets();
  return [
    ...coding.map(([name, gadget]) => lengthFirst(name, gadget, 'refused')),
    ...coding.map(([name, gadget]) => chunkFirst(name, gadget)),
    ...hiddenGadgets().map(([name, gadget]) => lengthFirst(name, gadget, 'refused')),
    ...lengthPayloads(),
    ...chunkPayloads(),
    ...headPayloads(),
    ...soundPayloads(),
  ];
}

export function withId(part: string, id: string): string {
  return part.replaceAll(ID, id);
}
