/** Methods of the platform and of libraries that text is put together with, and those that are watched. */
import { ALLOW_ALL_FIELDS, WATCHED_CALLS, type WatchedCall } from '../../data/android-calls.ts';
import { METHOD_JOINS, METHOD_WATCHED } from './scan.ts';
import { descriptorOf, findType, memberName, membersOf, parameterTypes, stringAt, type Tables } from './tables.ts';

/** What a call does to what is known. */
export type Action =
  | 'append'
  | 'clear'
  /** Gives the text that an object stands for: `toString`, `build`. */
  | 'finish'
  | 'concat'
  | 'format'
  /** Gives its first argument back, in another form: `getBytes`, `Uri.parse`. */
  | 'same'
  /** Gives its second argument back: `Base64.Decoder.decode`. */
  | 'second'
  /** A constructor that makes the new object out of its first argument: `new String(bytes)`. */
  | 'make'
  | 'url'
  | 'scheme'
  | 'authority'
  | 'port'
  | 'path'
  | 'segment'
  | 'query'
  | 'uriBuilder'
  /** Reads its arguments and changes none. */
  | 'pure';

export interface KnownMethod {
  action: Action | undefined;
  watched: WatchedCall | undefined;
  /** Type descriptors of its parameters. */
  parameters: readonly string[];
}

const URI = 'Landroid/net/Uri$Builder;';
const HTTP_URL = 'Lokhttp3/HttpUrl$Builder;';
const BUILDERS = ['Ljava/lang/StringBuilder;', 'Ljava/lang/StringBuffer;'];

/** class -> method -> action */
const ACTIONS = new Map<string, ReadonlyMap<string, Action>>();

function known(classes: readonly string[], actions: Partial<Record<Action, string>>): void {
  const methods = new Map<string, Action>();
  for (const [action, names] of Object.entries(actions) as [Action, string][]) {
    for (const name of names.split(' ')) methods.set(name, action);
  }
  for (const name of classes) ACTIONS.set(name, methods);
}

known(BUILDERS, {
  make: '<init>',
  append: 'append',
  finish: 'toString',
  pure: 'length charAt ensureCapacity trimToSize indexOf lastIndexOf capacity',
  clear: 'setLength deleteCharAt delete replace reverse setCharAt insert appendCodePoint',
});
known(['Ljava/lang/String;'], {
  same: 'getBytes toCharArray trim toString intern valueOf copyValueOf',
  make: '<init>',
  concat: 'concat',
  format: 'format',
  pure: 'length equals isEmpty contains startsWith endsWith charAt equalsIgnoreCase hashCode',
});
known(['Ljava/lang/Object;'], { finish: 'toString', pure: '<init>' });
known(['Ljava/lang/CharSequence;'], { finish: 'toString' });
known(['Lkotlin/jvm/internal/Intrinsics;'], {
  concat: 'stringPlus',
  pure: 'checkNotNull checkNotNullExpressionValue checkNotNullParameter checkParameterIsNotNull checkExpressionValueIsNotNull areEqual',
});
known(['Lkotlin/text/StringsKt;', 'Lkotlin/text/StringsKt__StringsKt;', 'Lkotlin/text/StringsKt__StringsJVMKt;'], {
  same: 'trim encodeToByteArray trimIndent',
});
known(['Landroid/util/Base64;'], { same: 'decode' });
known(['Ljava/util/Base64$Decoder;'], { second: 'decode' });
known(['Landroid/net/Uri;'], { same: 'parse', finish: 'toString', uriBuilder: 'buildUpon' });
known(['Ljava/util/Arrays;'], { same: 'copyOf' });
known(['Lokhttp3/HttpUrl$Companion;'], { second: 'parse get' });
known(['Lokhttp3/HttpUrl;'], {
  same: 'parse get',
  finish: 'toString url',
  uriBuilder: 'newBuilder',
});
known(['Ljava/net/URI;'], { same: 'create', make: '<init>', finish: 'toString toURL' });
known(['Ljava/net/URL;'], { url: '<init>', finish: 'toString toExternalForm toURI' });
known([URI], {
  pure: '<init>',
  scheme: 'scheme',
  authority: 'authority encodedAuthority',
  path: 'path encodedPath',
  segment: 'appendPath appendEncodedPath',
  query: 'appendQueryParameter',
  finish: 'build toString',
});
known([HTTP_URL], {
  pure: '<init>',
  scheme: 'scheme',
  authority: 'host',
  port: 'port',
  path: 'encodedPath',
  segment: 'addPathSegment addPathSegments addEncodedPathSegment addEncodedPathSegments',
  query: 'addQueryParameter addEncodedQueryParameter',
  finish: 'build toString',
});

const WATCHED = new Map<string, WatchedCall[]>();
for (const call of WATCHED_CALLS) {
  const calls = WATCHED.get(call.class);
  if (calls === undefined) WATCHED.set(call.class, [call]);
  else calls.push(call);
}
const CLASSES = [...new Set([...ACTIONS.keys(), ...WATCHED.keys()])];

/** Those that put an address together by themselves, and those that put any text together. */
const STARTS = new Set<Action>(['url', 'authority', 'segment']);
const JOINS = new Set<Action>(['append', 'concat', 'format']);

export interface Known {
  /** By method_ids index. */
  methods: ReadonlyMap<number, KnownMethod>;
  /** Flags by method_ids index: METHOD_WATCHED, METHOD_JOINS. */
  marks: Uint8Array;
  /** Type ids of objects whose making is followed. */
  builders: ReadonlySet<number>;
  uriBuilders: ReadonlySet<number>;
  blanks: ReadonlySet<number>;
  /** Fields whose reading is told as `tls.allowAll`. */
  fields: ReadonlySet<number>;
}

export function findKnown(tables: Tables): Known {
  const methods = new Map<number, KnownMethod>();
  const marks = new Uint8Array(tables.methods.count);
  for (const name of CLASSES) {
    const type = findType(tables, name);
    if (type < 0) continue;
    const [first, end] = membersOf(tables, tables.methods, type);
    const actions = ACTIONS.get(name);
    const watched = WATCHED.get(name);
    for (let method = first; method < end; method++) {
      const called = stringAt(tables, memberName(tables, tables.methods, method));
      const action = actions?.get(called);
      const watches = watched?.filter((call) => call.method === called);
      if (action === undefined && (watches === undefined || watches.length === 0)) continue;
      const parameters = parameterTypes(tables, method).map((one) => descriptorOf(tables, one));
      const list = parameters.join('');
      const watch = watches?.find((call) => call.parameters === undefined || call.parameters === list);
      if (action === undefined && watch === undefined) continue;
      methods.set(method, { action, watched: watch, parameters });
      if (watch !== undefined || (action !== undefined && STARTS.has(action))) marks[method] = METHOD_WATCHED;
      else if (action !== undefined && JOINS.has(action)) marks[method] = METHOD_JOINS;
    }
  }
  const typesOf = (names: readonly string[]) =>
    new Set(names.map((name) => findType(tables, name)).filter((type) => type >= 0));
  return {
    methods,
    marks,
    builders: typesOf(BUILDERS),
    uriBuilders: typesOf([URI, HTTP_URL]),
    fields: findFields(tables),
    blanks: typesOf(['Ljava/net/URL;', 'Ljava/lang/String;', 'Ljava/net/URI;']),
  };
}

function findFields(tables: Tables): Set<number> {
  const found = new Set<number>();
  for (const { class: name, name: wanted } of ALLOW_ALL_FIELDS) {
    const type = findType(tables, name);
    if (type < 0) continue;
    const [first, end] = membersOf(tables, tables.fields, type);
    for (let field = first; field < end; field++) {
      if (stringAt(tables, memberName(tables, tables.fields, field)) === wanted) found.add(field);
    }
  }
  return found;
}
