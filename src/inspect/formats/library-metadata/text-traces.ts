/**
 * Libraries that scripts and their descriptions name: `cordova_plugins.js` (its list of plug-ins and their versions), the
 * package.json of an installed package, the banner comments that minifiers keep (`/*! jQuery v3.1.0`), and the version
 * that React Native carries.
 */
import type { FoundLibrary, PackageSink } from '../../source.ts';

/** npm packages by the name in their banner. */
const BANNERS: ReadonlyMap<string, string> = new Map(
  (
    'jQuery=jquery|jQuery JavaScript Library=jquery|jQuery UI=jquery-ui|jQuery Mobile=jquery-mobile|AngularJS=angular|Angular=@angular/core|Bootstrap=bootstrap|' +
    'Vue.js=vue|Vue=vue|vue-router=vue-router|vuex=vuex|React=react|Ionic=ionic-angular|Framework7=framework7|Onsen UI=onsenui|' +
    'Chart.js=chart.js|Leaflet=leaflet|Swiper=swiper|Hammer.JS=hammerjs|Moment.js=moment|moment.js=moment|Underscore.js=underscore|Lo-Dash=lodash|lodash=lodash|' +
    'Backbone.js=backbone|Handlebars=handlebars|handlebars=handlebars|mustache.js=mustache|Modernizr=modernizr|RequireJS=requirejs|Socket.IO=socket.io-client|' +
    'axios=axios|D3=d3|Three.js=three|Zepto=zepto|Ember=ember-source|Knockout JavaScript library=knockout|Highcharts JS=highcharts|' +
    'Font Awesome=font-awesome|Font Awesome Free=@fortawesome/fontawesome-free|animate.css=animate.css|Materialize=materialize-css|' +
    'UIkit=uikit|Select2=select2|DataTables=datatables.net|video.js=video.js|Video.js=video.js|hls.js=hls.js|GSAP=gsap|Phaser=phaser|pixi.js=pixi.js|' +
    'howler.js=howler|crypto-js=crypto-js|FastClick=fastclick|iScroll=iscroll|localForage=localforage|PouchDB=pouchdb|DOMPurify=dompurify|Dexie.js=dexie'
  )
    .split('|')
    .map((pair) => pair.split('=') as [string, string]),
);
const BANNER =
  /(?:^|[\s*!])([A-Za-z][\w.-]{1,30}(?: [A-Za-z][\w.]{1,20}){0,2}),?\s{1,3}v?(\d{1,4}\.\d{1,4}(?:\.\d{1,6})?(?:-[\w.]{1,20})?)(?![\w.])/;

const MOST_BANNERS = 400;
const INSTALLED =
  /(?:^|\/)(?:node_modules|bower_components|jspm_packages|libs?|vendors?)\/(?:[^/]{1,80}\/){1,3}(?:package|bower)\.json$/;

type Sink = Pick<PackageSink, 'library'>;

/** @param bytes of a text entry; cheap for those that hold none of it */
export function libraryTraces(entry: string, bytes: Buffer, sink: Sink): void {
  const add = (ecosystem: FoundLibrary['ecosystem'], name: string, version?: string) =>
    sink.library({ ecosystem, name, ...(version === undefined ? {} : { version }), entry });
  if (/(?:^|\/)cordova_plugins\.js$/.test(entry)) cordovaPlugins(bytes, add);
  else if (INSTALLED.test(entry)) installed(bytes, add);
  else if (/\.(?:m?js|cjs|css|bundle|jsbundle)$/.test(entry)) {
    banners(bytes, add);
    reactNative(bytes, add);
  }
}

type Add = (ecosystem: FoundLibrary['ecosystem'], name: string, version?: string) => void;

const NPM_NAME = /^(?:@[\w.-]{1,80}\/)?[a-z0-9][\w.-]{0,120}$/;
const NPM_VERSION = /^\d{1,6}\.[\w.+-]{1,60}$/;

function cordovaPlugins(bytes: Buffer, add: Add): void {
  const at = bytes.indexOf('.metadata');
  if (at < 0) return;
  const text = bytes.subarray(at, at + (1 << 16)).toString('utf8');
  const list = text.slice(0, Math.max(0, text.indexOf('}')));
  for (const [, name = '', version = ''] of list.matchAll(/"([^"\n]{1,120})"\s{0,4}:\s{0,4}"([^"\n]{1,60})"/g))
    if (NPM_NAME.test(name) && NPM_VERSION.test(version)) add('npm', name, version);
}

function installed(bytes: Buffer, add: Add): void {
  if (bytes.length > 1 << 18) return;
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { name, version } = value as Record<string, unknown>;
  if (typeof name !== 'string' || !NPM_NAME.test(name)) return;
  add('npm', name, typeof version === 'string' && NPM_VERSION.test(version) ? version : undefined);
}

function banners(bytes: Buffer, add: Add): void {
  let left = MOST_BANNERS;
  for (const mark of ['/*!', '@license', '/*\n']) {
    for (let at = bytes.indexOf(mark); at >= 0 && left-- > 0; at = bytes.indexOf(mark, at + mark.length)) {
      const start = at + mark.length;
      const text = bytes.subarray(start, start + 200).toString('latin1');
      const found = BANNER.exec(text);
      const name = BANNERS.get(found?.[1] ?? '');
      if (name !== undefined) add('npm', name, found?.[2]);
    }
  }
}

/** Libraries/Core/ReactNativeVersion.js: `major: 0, minor: 72, patch: 4`. */
function reactNative(bytes: Buffer, add: Add): void {
  let at = bytes.indexOf('minor:');
  for (let left = 20; at >= 0 && left > 0; left--, at = bytes.indexOf('minor:', at + 6)) {
    const text = bytes.subarray(Math.max(0, at - 24), at + 60).toString('latin1');
    const found =
      /major:\s{0,2}(\d{1,3}),\s{0,8}minor:\s{0,2}(\d{1,3}),\s{0,8}patch:\s{0,2}(\d{1,3}),\s{0,8}prerelease/.exec(text);
    if (found === null) continue;
    add('npm', 'react-native', `${found[1]}.${found[2]}.${found[3]}`);
    return;
  }
}
