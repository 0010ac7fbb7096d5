/** `.env` and `.properties`: a setting on each line. */
import { linesOf } from '../../source.ts';
import { readDotenvLine } from '../compose/dotenv.ts';
import { flatGroup, nestedGroup } from './group.ts';
import type { AppSetting } from './read.ts';

const MAX_SETTINGS = 10_000;
const MAX_LINE = 65_536;

export function dotenvSettings(text: string): AppSetting[] {
  const settings: AppSetting[] = [];
  for (const line of linesOf(text)) {
    if (settings.length >= MAX_SETTINGS) break;
    const read = readDotenvLine(line.text);
    if (!read || read.name.length > 200) continue;
    const { name, value, start, end } = read;
    const at = line.text.indexOf(name);
    const span =
      end > start
        ? { start: line.start + start, end: line.start + end }
        : { start: line.start + at, end: line.start + at + name.length };
    settings.push({ pointer: name, name, ...flatGroup(name), value, fallback: false, span, exact: end > start });
  }
  return settings;
}

/** `name=value`, `name: value`; lines that a backslash continues are left as unknown values. */
export function propertiesSettings(text: string): AppSetting[] {
  const settings: AppSetting[] = [];
  let continued = false;
  for (const line of linesOf(text)) {
    if (settings.length >= MAX_SETTINGS) break;
    const skip = continued;
    continued = /(?:^|[^\\])(?:\\\\){0,20}\\$/.test(line.text.slice(-50));
    if (skip || line.text.length > MAX_LINE) continue;
    const match = /^\ufeff?[ \t]*([\w.%"[\]-]{1,200})[ \t]*[=:]?[ \t]*/.exec(line.text);
    if (!match || match[1] === undefined) continue;
    const name = match[1];
    const from = match[0].length;
    const value = continued ? null : line.text.slice(from).trimEnd();
    const at = line.text.indexOf(name);
    const exact = value !== null && value !== '' && !value.includes('\\');
    const span = exact
      ? { start: line.start + from, end: line.start + from + value.length }
      : { start: line.start + at, end: line.start + at + name.length };
    const spring = defaultOf(value);
    settings.push({
      pointer: name,
      name: name.split('.').at(-1) ?? name,
      ...nestedGroup(name),
      value: spring?.value ?? value,
      fallback: spring !== null,
      span: spring ? { start: span.start + spring.at, end: span.start + spring.at + spring.value.length } : span,
      exact,
    });
  }
  return settings;
}

/** `${NAME:default}` of Spring: the default holds where the environment gives nothing. */
export function defaultOf(value: string | null): { value: string; at: number } | null {
  const match = value === null ? null : /^\$\{[\w.-]{1,200}:([^${}]{1,4000})\}$/.exec(value);
  return match?.[1] === undefined ? null : { value: match[1], at: match[0].length - 1 - match[1].length };
}
