import { Refusal } from '../../../contract/refusal.ts';
import { type Json, JsonNumber } from '../../../json/index.ts';

/** A count in plain digits as a JSON number, with every digit. @throws Refusal `malformed_parameter` */
export function numberText(text: string): Json {
  if (!/^(0|[1-9]\d{0,18})$/.test(text)) throw new Refusal('malformed_parameter', 'parameters: not a count');
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : new JsonNumber(text);
}
