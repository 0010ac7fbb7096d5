/**
 * What an entry's place in the package says about the strings in it: whose code or text it is. First match wins.
 * Sources: the layouts that Cordova, Ionic, React Native, Flutter, Gradle and CocoaPods produce.
 */
import type { Origin } from '../../core/asset.ts';

export interface EntryPlace {
  pattern: RegExp;
  origin: Exclude<Origin, 'app' | 'placeholder'>;
  reason: string;
}

/**
 * Assemblies of the .NET runtime, of Mono, Xamarin and MAUI, of the Unity engine (file names as they stand in packages;
 * dotnet/runtime src/libraries, dotnet/android, dotnet/maui, Unity's Managed folder).
 */
export const DOTNET_FRAMEWORK =
  /^(?:System|mscorlib|netstandard|WindowsBase|I18N|Mono|Java\.Interop|_Microsoft\.Android|Xamarin\.(?:Android|iOS|Mac|Forms|Essentials|AndroidX|Google|KotlinX?|Jetbrains|CommunityToolkit|TVOS|WatchOS)|Microsoft\.(?:CSharp|VisualBasic|Win32|Android|iOS|MacCatalyst|Maui|Extensions|JSInterop|AspNetCore|Bcl|Internal|NETCore|Dotnet|DotNet|Windows)|UnityEngine|UnityEditor|Unity)(?:\.[^/]{1,160})?\.(?:dll|exe)$/;

/** Assemblies of well-known libraries; the names of their NuGet packages. */
const DOTNET_LIBRARY =
  /^(?:Microsoft|Azure|Newtonsoft|Xamarin|Refit|Polly|Prism|ReactiveUI|Splat|DynamicData|MvvmCross|FFImageLoading|SkiaSharp|HarfBuzzSharp|Syncfusion|Telerik|DevExpress|Sentry|NLog|Serilog|log4net|SQLite|SQLitePCL|Realms?|Remotion|Fody|Autofac|DryIoc|Unity\.Container|AutoMapper|FluentValidation|MediatR|Plugin|Rg\.Plugins|Lottie|ZXing|BouncyCastle|Grpc|Google|GoogleGson|Firebase|Square|Bumptech|Facebook|Amazon|AWSSDK|IdentityModel|RestSharp|Flurl|Acr|Akavache|LiteDB|CommunityToolkit|Mapsui|OxyPlot|MimeKit|MailKit|ImageSharp|SixLabors|Humanizer|HtmlAgilityPack|AngleSharp|CsvHelper|protobuf-net|MessagePack|MQTTnet|StackExchange|Npgsql|MySqlConnector|Websocket|SharpZipLib|ICSharpCode|DotNetty|Nito|Castle|ImmersiveTek|Com\.OneSignal|OneSignal|RevenueCat|Stripe|Auth0|Okta)(?:\.[^/]{1,160})?\.dll$/i;

/** Overruled for frameworks and bundles whose bundle id is of the app's own family. */
export const EMBEDDED_FRAMEWORK = 'an embedded framework';
export const RESOURCE_BUNDLE = 'the resource bundle of a library';

export const ENTRY_PLACES: readonly EntryPlace[] = [
  // first, because it decides most entries of the packages that have them
  {
    pattern:
      /^(?:[^!]{1,200}!)?(?:root\/)?(?:com|org|net|io|javax?|kotlinx?|okhttp3|google|META-INF|junit|jakarta|edu|scala|groovy)\//,
    origin: 'sdk',
    reason: 'a class-path resource of a Java library',
  },
  {
    pattern:
      /(?:^|\/)(?:licen[cs]es?|licen[cs]ing|notices?|copying|copyright|authors|third[-_ ]?party[^/]{0,40}|open[-_ ]?source[^/]{0,40}|acknowledge?ments?|oss[-_]?licenses?|legal)(?:\.[^/]{1,40})?$/i,
    origin: 'documentation',
    reason: 'a licence or notice file',
  },
  {
    pattern: /(?:^|\/)(?:licen[cs]es?|acknowledgements|third[-_]party[-_]licenses?)\//i,
    origin: 'documentation',
    reason: 'a folder of licences',
  },
  {
    pattern:
      /(?:^|\/)[^/]{0,60}(?:licen[cs]es?|acknowledge?ments?|open_?source)[^/]{0,40}\.(?:txt|html?|md|json|xml|plist|properties)$/i,
    origin: 'documentation',
    reason: 'a licence or notice file',
  },
  {
    pattern:
      /(?:^|\/)(?:readme|changelog|changes|history|contributing|install|upgrading|migration|todo|release[-_]notes)(?:[.-][^/]{1,40})?$/i,
    origin: 'documentation',
    reason: 'a documentation file',
  },
  { pattern: /\.(?:md|markdown|rst)$/i, origin: 'documentation', reason: 'a documentation file' },
  {
    pattern: /(?:^|\/)(?:docs?|examples?|samples?|demos?|spec|__tests__)\/[^!]{0,200}\.(?:js|html?|css|json|txt)$/i,
    origin: 'documentation',
    reason: 'a folder of documentation or examples',
  },
  {
    pattern: /(?:^|\/)(?:rss|feed|atom|sitemap)[^/]{0,20}\.(?:xml|rss)$/i,
    origin: 'documentation',
    reason: 'a feed or site map: content, not code',
  },
  {
    pattern:
      /(?:^|\/)(?:package|bower|component|composer|manifest\.webapp|package-lock|npm-shrinkwrap|\.?bower)\.json$/i,
    origin: 'documentation',
    reason: 'the package description of a library',
  },
  { pattern: /(?:^|\/)META-INF\//, origin: 'framework', reason: 'build metadata (META-INF)' },
  {
    pattern: new RegExp(`(?:^|/)${DOTNET_FRAMEWORK.source.slice(1)}`),
    origin: 'framework',
    reason: 'an assembly of .NET, Xamarin, MAUI or Unity',
  },
  {
    pattern: new RegExp(`(?:^|/)${DOTNET_LIBRARY.source.slice(1)}`, 'i'),
    origin: 'sdk',
    reason: 'the assembly of a well-known .NET library',
  },
  {
    pattern: /(?:^|\/)(?:node_modules|bower_components|jspm_packages|\.pub-cache)\//,
    origin: 'sdk',
    reason: 'an installed library',
  },
  {
    pattern:
      /(?:^|\/)(?:www|public|html|web|site|assets)\/(?:[^/]{1,60}\/){0,3}?(?:libs?|vendors?|third[-_]?party|3rd[-_]?party|bower|external|polyfills?)\//i,
    origin: 'sdk',
    reason: 'a folder of libraries',
  },
  {
    pattern: /(?:^|\/)www\/(?:cordova(?:-js-src\/|_plugins|\.)|plugins\/|phonegap)/i,
    origin: 'framework',
    reason: 'the Cordova runtime or a plug-in',
  },
  {
    pattern: /(?:^|\/)(?:cordova|phonegap|capacitor|native-bridge)(?:[.-][\w.-]{0,30})?\.js$/i,
    origin: 'framework',
    reason: 'the Cordova or Capacitor runtime',
  },
  {
    pattern:
      /(?:^|\/)(?:jquery|angular|ionic|react|react-dom|vue|ember|backbone|underscore|lodash|moment|bootstrap|require|zepto|handlebars|mustache|knockout|three|d3|chart|leaflet|hammer|fastclick|swiper|iscroll|modernizr|polyfill|core-js|rxjs|zone|socket\.io|raphael|highcharts|mathjax|prototype|mootools|dojo|ext|sencha|kendo|framework7|onsenui|materialize|semantic|foundation|video|videojs|hls|dash|pdf|tinymce|ckeditor|codemirror|prism|highlight|font-?awesome|ionicons|normalize|animate|crypto-js|forge|sjcl|q|async|bluebird|axios|gsap|tweenmax|phaser|pixi|cocos2d|createjs|howler|es5-shim|html5shiv|respond)(?:[-._](?:v?\d[\w.]{0,20}|min|slim|core|all|bundle|full|pkgd|umd|esm|cjs|prod|production|development|dev|router|sanitize|animate|resource|route|cookies|cookie|touch|messages|aria|ui|mobile|migrate|easing|validate|dom|locales?|with-locales|theme|material|compat|runtime|global|browser|mocks|ng|angular|native)){0,5}\.(?:js|css|mjs)$/i,
    origin: 'sdk',
    reason: 'a well-known JavaScript library',
  },
  {
    // webpack, Vue CLI and Angular gather what comes from node_modules in a file of this name
    pattern: /(?:^|\/)(?:chunk-)?vendors?(?:[-.~_][\w~-]{1,80}){0,4}\.(?:js|css)(?:\.map)?$/i,
    origin: 'sdk',
    reason: 'a bundle of installed libraries',
  },
  {
    pattern:
      /(?:^|\/)(?!(?:app|main|index|bundle|scripts?|common|build|site|custom|api|config|client|core|style|styles)[-._])[a-z][\w.-]{1,60}?[-.]v?\d{1,4}\.\d{1,4}(?:\.\d{1,4})?(?:[-.](?:min|slim|umd|bundle|all|prod)){0,3}\.(?:js|css|mjs)(?:\.map)?$/i,
    origin: 'sdk',
    reason: 'a library’s file, named with its version',
  },
  {
    pattern: /(?:^|\/)(?:flutter_assets\/(?:NOTICES|packages\/|FontManifest|AssetManifest))/,
    origin: 'framework',
    reason: 'Flutter packages and notices',
  },
  {
    pattern: /(?:^|\/)(?:Frameworks|SwiftSupport\/[^/]{1,40})\/libswift\w{1,60}\.dylib$/,
    origin: 'framework',
    reason: 'the runtime of Swift',
  },
  // App.framework is the program itself in a Flutter app
  {
    pattern: /(?:^|\/)Frameworks\/(?!App\.framework\/)[^/]{1,200}\.framework\//,
    origin: 'sdk',
    reason: EMBEDDED_FRAMEWORK,
  },
  {
    // Settings.bundle is what the app shows in the device's settings: often its servers
    pattern: /(?:^|\/)(?:PlugIns\/[^/]{1,80}\/)?(?!Settings\.bundle\/)[^/]{1,80}\.bundle\/(?!.*main\.jsbundle)/,
    origin: 'sdk',
    reason: RESOURCE_BUNDLE,
  },
  {
    pattern:
      /(?:^|\/)(?:_CodeSignature|SC_Info)\/|(?:^|\/)(?:ResourceRules\.plist|VersionInfo\.plist|embedded\.mobileprovision)$/,
    origin: 'framework',
    reason: 'signing and build metadata',
  },
  { pattern: /(?:^|\/)PrivacyInfo\.xcprivacy$/, origin: 'framework', reason: 'a privacy manifest' },
  {
    pattern:
      /(?:^|\/)(?:browscap\.ini|public_suffix_list\.dat|publicsuffixes\.gz|publicsuffixes|effective_tld_names\.dat|useragents?\.(?:txt|json))$/i,
    origin: 'documentation',
    reason: 'a list of names',
  },
];

/** Names of resources and keys that belong to libraries, not to the app. */
export const LIBRARY_NAMES =
  /^(?:\w{1,20}\/)?(?:abc_|mtrl_|m3_|material_|design_|androidx_|exo_|com_facebook_|facebook_|fb_|common_google_play_services|google_play_|gms_|mapbox_|ucrop_|leak_canary|hs__|intercom_|zs_|zui_|library_|define_|licen[cs]e_|notices?_|firebase_common|fcm_|fui_|ads_|appsflyer_|adjust_|onesignal_|braze_|com_appboy_|com_braze_|instabug_|pspdf_|stripe_|paypal_|bt_|razorpay_|plaid_)/i;

/** Attributes and keys that only hold an example for the person who types. */
export const EXAMPLE_NAMES = /^(?:hint|placeholder|placeholderText|helperText|prompt|example|sample)$/i;

/** Attributes of build tools and design-time layouts. */
export const TOOL_NAMES =
  /^(?:xmlns|schemaLocation|noNamespaceSchemaLocation|tools|targetNamespace|namespaceURI|doctype|dtd|license|licence|licenses|homepage|repository|bugs|documentation|docs|sourceMappingURL|\$schema|author|\$id|licenseUrl|projectUrl|tarball|_?resolved|_from|_requested|_publicPrefixUrl|publishConfig)$/i;
