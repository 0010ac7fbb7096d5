/**
 * Paths that an app appends to a base it gets elsewhere (`/api/user/login`, `users/{id}/orders`). Programs are full of
 * other strings with slashes – files, MIME types, resources, XPath, routes of the user interface – so a path counts only
 * with a marker that servers use, a script's extension, a parameter in braces, or (in native code) a word of accounts,
 * orders or people.
 */
import { isApiMarker, isLocalRoot, isPersonalWord, SDK_PATHS } from '../data/path-words.ts';

export interface RelativePath {
  /** Why it counts; shown in the report. */
  reason: string;
  /** Set when an SDK is known to use it. */
  sdk?: string;
}

const SHAPE =
  /^\/?[A-Za-z0-9_{$%:][\w\-.~%{}$:@+*]{0,80}(?:\/[\w\-.~%{}$:@+*]{1,80}){0,12}\/?(?:\?[\w\-.~%{}$=&:+@,]{0,200})?$/;
const SCRIPT = /\.(?:php\d?|aspx?|ashx|asmx|jspx?|do|action|cgi|cfm|svc)$/i;
const LOCAL_FILE =
  /\.(?:so|apk|dex|jar|aar|odex|oat|vdex|png|jpe?g|gif|webp|svg|ico|bmp|xml|txt|html?|js|mjs|css|map|dat|db|log|properties|ttf|otf|woff2?|mp[34]|m4a|wav|ogg|pdf|zip|gz|tar|bin|pb|proto|class|java|kt|ts|tsx|md|json5|plist|nib|lproj|bundle|framework|dylib|pem|crt|cer|key|cfg|conf|ini|sh|py|tmp|lock|pid|sqlite)$/i;

/**
 * @param text a whole string literal
 * @param script true when it stands in a web page or a script, where a lone `/profile` is a route of the interface
 */
export function classifyRelativePath(text: string, script: boolean): RelativePath | undefined {
  if (text.length < 4 || text.length > 300 || text.includes(' ') || text.startsWith('//')) return undefined;
  if (!mayCount(text) || !SHAPE.test(text)) return undefined;
  const mark = text.indexOf('?');
  const path = mark < 0 ? text : text.slice(0, mark);
  const rooted = path.startsWith('/');
  const segments = path.split('/').filter((segment) => segment !== '');
  const first = segments[0];
  const last = segments.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (path.startsWith('/Users/') || isLocalRoot(first.toLowerCase()) || LOCAL_FILE.test(last) || /[_\-.]$/.test(last))
    return undefined;
  // `/session/:id` is the route table of a server inside the app, not something the app asks for
  if (/\/:[A-Za-z]/.test(path)) return undefined;
  // a build of a library, named by its hash
  if (segments.some((segment) => /^[0-9a-f]{32,64}$/.test(segment))) return undefined;
  const sdk = SDK_PATHS.get(path);
  const known = sdk === undefined ? {} : { sdk };
  const markerAt = segments.findIndex((segment) => isApiMarker(segment.toLowerCase()));
  if (markerAt >= 0 && markerAt < segments.length - 1 && (rooted || markerAt === 0) && hasWord(segments, markerAt)) {
    return { reason: `a path with the server marker “${segments[markerAt]}”`, ...known };
  }
  if (SCRIPT.test(last) && (rooted || segments.length > 1))
    return { reason: `a server script (${SCRIPT.exec(last)?.[0]})`, ...known };
  if (script) return undefined;
  if (/\{[a-zA-Z_]\w{0,40}\}/.test(path) && segments.length > 1 && !path.includes('$') && segments.some(isPlainWord)) {
    return { reason: 'a path with a parameter in braces', ...known };
  }
  // `deliveries/%d/position`: format strings are common, so one of them needs a word of people's data too
  if (segments.some((segment) => /^%(?:\d\$)?[sd]$/.test(segment)) && /[A-Za-z]{3}/.test(last)) {
    const about = segments.flatMap(words).find(isPersonalWord);
    if (about !== undefined) return { reason: `a path with a parameter and the word “${about}”`, ...known };
  }
  if (!rooted || /[%$*]/.test(path)) return undefined;
  const word = segments.flatMap(words).find(isPersonalWord) ?? personalStem(segments);
  return word === undefined ? undefined : { reason: `a path with the word “${word}”`, ...known };
}

/**
 * Without a leading `/`, a path counts by a marker in front, a script's extension or a parameter: most strings with a
 * slash have none of them, and are told by that before any pattern runs.
 */
function mayCount(text: string): boolean {
  if (text.startsWith('/') || text.includes('.') || text.includes('{') || text.includes('%')) return true;
  return isApiMarker(text.slice(0, text.indexOf('/')).toLowerCase());
}

function isPlainWord(segment: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{2,60}$/.test(segment);
}

function hasWord(segments: readonly string[], markerAt: number): boolean {
  return segments.some((segment, index) => index !== markerAt && /[a-z]{2}/i.test(segment));
}

/** `changePassword`, `change-password`, `change_password` -> `change`, `password`. */
function words(segment: string): string[] {
  return segment
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
}

/** `getaccounts` -> `accounts`: a verb and a word run together. */
function personalStem(segments: readonly string[]): string | undefined {
  for (const segment of segments) {
    if (!/^[a-z]{5,40}$/.test(segment)) continue;
    const stem =
      /^(?:get|do|set|add|put|post|create|update|delete|remove|change|reset|list|fetch|load|save|send|check|verify|validate|view|edit|find|search|my|new|all|user|dev|submit|make|confirm|cancel|forgot|is|has)([a-z]{4,40})$/.exec(
        segment,
      )?.[1];
    if (stem !== undefined && isPersonalWord(stem)) return stem;
  }
  return undefined;
}
