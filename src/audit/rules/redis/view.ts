/** redis.conf as the server sees it: the file, and over it the flags of the container that starts it. */
import { exposureOf, reachedFrom } from '../../containers/exposure.ts';
import { listening } from '../../formats/redis/listening.ts';
import type { RedisDirective, RedisDocument } from '../../formats/redis/parse.ts';
import { redisHasPassword } from '../../formats/redis/password.ts';
import type { Fix, Hit, ReadFile, RuleContext, Runtime } from '../../model.ts';
import type { Source, Span } from '../../source.ts';

export interface RedisView extends Pick<RedisDocument, 'last' | 'users' | 'complete' | 'directives'> {
  runtime: Runtime | null;
  /** Given on the command line: such a setting is changed there, not in the file. */
  isFlag(directive: RedisDirective): boolean;
  hasPassword: boolean;
}

/** The view of each container, or that of the file alone; of several findings of one setting the first counts. */
export function* inEachView(
  { document }: ReadFile<'redis.conf'>,
  { runtimes }: RuleContext,
  check: (view: RedisView) => Iterable<Hit>,
): Generator<Hit> {
  const seen = new Set<string>();
  for (const runtime of runtimes.length > 0 ? runtimes.slice(0, 50) : [null]) {
    for (const hit of check(viewOf(document, runtime))) {
      if (seen.has(hit.pointer)) continue;
      seen.add(hit.pointer);
      yield hit;
    }
  }
}

function viewOf(document: RedisDocument, runtime: Runtime | null): RedisView {
  const flags = runtime ? flagsOf(runtime) : new Map<string, RedisDirective>();
  const view = {
    runtime,
    users: document.users,
    complete: document.complete,
    directives: document.directives,
    last: (name: string) => flags.get(name) ?? document.last(name),
    isFlag: (directive: RedisDirective) => flags.get(directive.name) === directive,
  };
  // Bitnami's image makes requirepass of this variable.
  const byVariable = runtime?.service.environment.some(({ name }) =>
    /^(?:REDIS|VALKEY)_PASSWORD(?:_FILE)?$/.test(name),
  );
  return { ...view, hasPassword: byVariable === true || redisHasPassword(view) };
}

/** `redis-server /x.conf --port 0 --requirepass …`: a word that begins with `--` begins a directive. */
function flagsOf({ file, service }: Runtime): Map<string, RedisDirective> {
  const flags = new Map<string, RedisDirective>();
  for (const command of [service.entrypoint, service.command]) {
    let current: RedisDirective | null = null;
    for (const word of command?.words ?? []) {
      if (command && /^--[a-z]/i.test(word)) {
        const equals = word.indexOf('=');
        const name = word.slice(2, equals < 0 ? undefined : equals).toLowerCase();
        current = { name, nameSpan: command.span, arguments: [], span: command.span, source: file.source };
        if (equals >= 0) current.arguments.push({ value: word.slice(equals + 1), span: command.span });
        flags.set(name, current);
      } else if (command && current) current.arguments.push({ value: word, span: command.span });
    }
  }
  for (const name of ['requirepass', 'aclfile']) {
    const directive = flags.get(name);
    // A variable without a known value leaves nothing; there is a password all the same.
    if (directive && !directive.arguments[0]?.value) directive.arguments = [{ value: '$', span: directive.span }];
  }
  return flags;
}

/** Who reaches the server. In a container the published ports decide, not the addresses it binds inside. */
export function reachable(view: RedisView): { open: boolean; near: boolean; where: string } {
  const where = listening(view);
  if (view.runtime === null) {
    const text = where === 'everywhere' ? 'listens on every address' : 'listens on a network address';
    return { open: where !== 'loopback', near: false, where: text };
  }
  const level = exposureOf(view.runtime.declared);
  return {
    open: where !== 'loopback' && level !== 'loopback',
    near: level === 'none',
    where: reachedFrom(level)
      .replace(/^and it /, 'is ')
      .replace(/^is is /, 'is '),
  };
}

export function wordOf(view: RedisView, name: string): string | undefined {
  return view.last(name)?.arguments[0]?.value.toLowerCase();
}

/** Where a hit about a directive points at. */
export function at({ span, source }: RedisDirective): { span: Span; source?: Source } {
  return { span, ...(source && { source }) };
}

/** Null where a flag of the container says it: the file's text would change nothing. */
export function replaceArguments(
  view: RedisView,
  directive: RedisDirective,
  text: string,
  rest: Omit<Fix, 'edits'>,
): Fix | null {
  return view.isFlag(directive) ? null : { ...rest, edits: [{ ...directive.span, text }] };
}
