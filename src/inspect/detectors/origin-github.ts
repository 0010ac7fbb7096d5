/**
 * GitHub and its like hold both: documentation and source of libraries, and files that an app downloads. A page of a
 * repository is for people; a data file of one is fetched by a program.
 */
import type { Judgement } from './origin.ts';

const HOSTS = /^(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)$|^(?:raw\.githubusercontent|raw\.github)\.com$/;
const SOURCE_FILE =
  /\.(?:md|markdown|rst|java|kt|kts|swift|m|mm|h|hpp|c|cc|cpp|cs|js|jsx|mjs|ts|tsx|py|rb|go|rs|dart|scala|gradle|sh|css|scss|html?|xsd|dtd)$/i;

/** Organisations whose repositories are libraries and tools. Source: https://github.com/trending/developers, their own pages. */
const LIBRARY_OWNERS = new Set(
  (
    'facebook reactjs react-native-community react-navigation reduxjs expo google googlesamples googleapis firebase android androidx ' +
    'square jakewharton reactivex bumptech kotlin jetbrains apache eclipse spring-projects microsoft dotnet xamarin mono unity-technologies ' +
    'flutter dart-lang apple swiftlang alamofire realm mongodb elastic redis stripe paypal braintree auth0 okta aws aws-amplify awslabs azure ' +
    'angular angular-ui vuejs ionic-team driftyco capacitor-community jquery twbs lodash jashkenas moment mde d3 mrdoob zloirock babel webpack ' +
    'nodejs npm yarnpkg tc39 whatwg w3c mdn nativescript phonegap onesignal mapbox googlemaps leaflet videojs video-dev dashif-industry-forum ' +
    'feross substack isaacs mathiasbynens sindresorhus tj visionmedia expressjs socketio axios mzabriskie then kriskowal ' +
    'protocolbuffers grpc open-telemetry getsentry bugsnag datadog instabug segmentio amplitude mixpanel appsflyer adjust branchmetrics'
  ).split(' '),
);

export function judgeGithub(host: string, path: string, fragment: string): Judgement | undefined {
  if (!HOSTS.test(host)) return undefined;
  const page: Judgement = { origin: 'documentation', reason: 'a page of a source code repository' };
  const [owner, repository, area, ...rest] = path.replace(/\?.*$/, '').split('/').filter(Boolean);
  if (owner === undefined || repository === undefined) return page;
  if (LIBRARY_OWNERS.has(owner.toLowerCase()))
    return { origin: 'documentation', reason: `a repository of ${owner}, the maker of a library` };
  const file = rest.at(-1) ?? '';
  if (host.startsWith('raw.')) return SOURCE_FILE.test(path) && /\.(?:md|markdown|rst)$/i.test(path) ? page : undefined;
  if (fragment !== '') return page;
  if (area === 'releases') return rest[0] === 'download' ? undefined : page;
  if (area === 'raw' || area === 'archive' || area === 'zipball') return undefined;
  if (
    (area === 'blob' || area === '-' || area === 'src') &&
    rest.length >= 2 &&
    /\.\w{1,8}$/.test(file) &&
    !SOURCE_FILE.test(file)
  )
    return undefined;
  return page;
}
