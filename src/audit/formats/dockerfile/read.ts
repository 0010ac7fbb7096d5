/**
 * Dockerfile: instructions with their arguments, the stages they belong to, and the container that the last stage makes.
 * https://docs.docker.com/reference/dockerfile/
 *
 * `dockerfile-ast` gives instructions with ranges of line and character; here they become offsets. Values are split into
 * words here as well, with where each stands.
 */
import { basename } from 'node:path/posix';
import type { DockerfileParser } from 'dockerfile-ast';
import type { Skip } from '../../../core/skip.ts';
import { type Image, readImage } from '../../containers/image.ts';
import type { Format, SettingView } from '../../model.ts';
import type { Source, Span } from '../../source.ts';
import { interpolate } from '../compose/interpolate.ts';
import { declaredContainer } from './container.ts';
import { type Word, wordsOf } from './words.ts';

export interface Instruction {
  /** Upper case: `COPY`. */
  keyword: string;
  /** Of the whole instruction. */
  span: Span;
  /** Of what follows the keyword and its flags. */
  args: Span;
  words: readonly Word[];
  /** `--from=build` as `['from', 'build']`. */
  flags: readonly (readonly [string, string])[];
  /** Number of the stage it is in; -1 before the first `FROM`. */
  stage: number;
}

export interface Stage {
  name: string | null;
  from: Instruction;
  /** What it stands on: an image; null for `scratch` and for what cannot be told. */
  image: (Image & { span: Span }) | null;
  /** The stage that it continues; null when it stands on an image. */
  continues: number | null;
}

export interface DockerfileDocument {
  /** False when the file could not be read whole: then absence proves nothing. */
  complete: boolean;
  instructions: readonly Instruction[];
  stages: readonly Stage[];
  /** Numbers of the stages that the result consists of, the base first. */
  final: readonly number[];
}

const MAX_BYTES = 1_000_000;
const MAX_INSTRUCTIONS = 5_000;
const LOOKED_AT = 262_144;

let parser: typeof DockerfileParser | undefined;

export const dockerfileFormat: Format<'dockerfile'> = {
  name: 'dockerfile',
  title: 'Dockerfile',
  recognises(path, text) {
    const name = basename(path);
    const named = /^(?:[\w.-]+\.)?(?:Dockerfile|Containerfile)(?:[.-][\w.-]+)?$/i.test(name);
    if (/\.(?:md|rst|adoc|html?|dockerignore|ya?ml|json|sh|txt)$/i.test(name)) return false;
    const head = text.slice(0, LOOKED_AT);
    if (named) return /^[ \t]*FROM[ \t]+\S/im.test(head);
    // The first thing that is no comment begins a stage, and others follow.
    const first = /^(?:[ \t]*(?:#[^\n]*)?\r?\n){0,200}(?:FROM|ARG)[ \t]+[\w$./:{}=-]+/.exec(head);
    return (
      first?.index === 0 && /^FROM[ \t]+\S/m.test(head) && /^(?:RUN|CMD|COPY|ENTRYPOINT|WORKDIR)[ \t]+\S/m.test(head)
    );
  },
  async prepare() {
    parser ??= (await import('dockerfile-ast')).DockerfileParser;
  },
  read(source) {
    const skips: Skip[] = [];
    const skip = (reason: string): void => {
      skips.push({ subject: source.path, code: 'DOCKERFILE_LIMIT', reason, severity: 'incomplete' });
    };
    const empty: DockerfileDocument = { complete: false, instructions: [], stages: [], final: [] };
    if (parser === undefined) throw new Error('prepareFormats() was not awaited');
    if (source.text.length > MAX_BYTES) {
      skip(`larger than ${MAX_BYTES} characters`);
      return { document: empty, status: 'partial', skips };
    }
    const all = instructionsOf(source, parser);
    if (all.length > MAX_INSTRUCTIONS) skip(`more than ${MAX_INSTRUCTIONS} instructions`);
    const instructions = all.slice(0, MAX_INSTRUCTIONS);
    const stages = stagesOf(instructions);
    const complete = skips.length === 0;
    const document = { complete, instructions, stages, final: chain(stages) };
    if (stages.length === 0) {
      skips.push({ subject: source.path, code: 'DOCKERFILE_SYNTAX', reason: 'has no FROM', severity: 'incomplete' });
      return { document: { ...document, complete: false }, status: 'failed', skips };
    }
    return { document, status: complete ? 'read' : 'partial', skips };
  },
  settings: settingsOf,
  containers: declaredContainer,
};

function instructionsOf(source: Source, { parse }: typeof DockerfileParser): Instruction[] {
  const { text } = source;
  const starts = lineStarts(text);
  const offset = ({ line, character }: { line: number; character: number }): number =>
    Math.min((starts[line] ?? text.length) + character, text.length);
  let stage = -1;
  return parse(text)
    .getInstructions()
    .slice(0, MAX_INSTRUCTIONS + 1)
    .map((one): Instruction => {
      const keyword = one.getKeyword().toUpperCase();
      if (keyword === 'FROM') stage += 1;
      const range = one.getRange();
      const span = { start: offset(range.start), end: offset(range.end) };
      const after = offset(one.getInstructionRange().end);
      const { words, flags } = wordsOf(text, after, span.end);
      const [first] = words;
      const args = { start: first?.span.start ?? after, end: words.at(-1)?.span.end ?? after };
      return { keyword, span, args, words, flags, stage };
    });
}

/** Lines as the parser counts them: `\r\n`, `\n` and `\r` alone end one. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}

function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const variables = new Map<string, string>();
  const stages: Stage[] = [];
  for (const instruction of instructions) {
    const { keyword, words, stage } = instruction;
    if (keyword === 'ARG' && stage < 0) {
      for (const { text } of words) {
        const equals = text.indexOf('=');
        if (equals > 0) variables.set(text.slice(0, equals), text.slice(equals + 1));
      }
    }
    if (keyword !== 'FROM') continue;
    const [reference, as, name] = words;
    const written = interpolate(reference?.text ?? '', variables);
    const continues = stages.findIndex((one) => one.name !== null && one.name === written.text.toLowerCase());
    const isImage = reference !== undefined && written.text !== '' && written.text !== 'scratch' && continues < 0;
    const lastPart = (reference?.text ?? '').split(':').at(-1) ?? '';
    stages.push({
      name: as?.text.toUpperCase() === 'AS' ? (name?.text.toLowerCase() ?? null) : null,
      from: instruction,
      image: isImage
        ? { ...readImage(written.text, interpolate(lastPart, variables).known), span: reference.span }
        : null,
      continues: continues < 0 ? null : continues,
    });
  }
  return stages;
}

/** The last stage with the stages that it continues, the base first. */
function chain(stages: readonly Stage[]): number[] {
  const numbers: number[] = [];
  for (let at: number | null = stages.length - 1; at !== null && at >= 0 && !numbers.includes(at); ) {
    numbers.unshift(at);
    at = stages[at]?.continues ?? null;
  }
  return numbers;
}

/** Each instruction by its keyword and number; of `ENV`, `ARG` and `LABEL` each name. */
function* settingsOf({ instructions }: DockerfileDocument): Generator<SettingView> {
  const counts = new Map<string, number>();
  for (const { keyword, words, stage } of instructions) {
    const key = `${Math.max(stage, 0)}.${keyword}`;
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    const pointer = `stage[${Math.max(stage, 0)}].${keyword}[${count}]`;
    const [first] = words;
    const last = words.at(-1);
    if (!first || !last || last.span.end <= first.span.start) continue;
    yield { pointer, values: words.map(({ text }) => text), span: { start: first.span.start, end: last.span.end } };
  }
}
