/**
 * SDKs that report on the people who use an app: analytics, attribution, advertising, crash reports, recordings.
 *
 * From their vendors' integration guides. Names of packages were compared with the tracker list of Exodus Privacy
 * (https://reports.exodus-privacy.eu.org/en/trackers/, Open Database License), of which nothing is contained here.
 */
import { type SdkPackage, tracker } from './sdk-package.ts';

const ANALYTICS: readonly SdkPackage[] = [
  tracker('Facebook App Events', 'Meta', 'analytics attribution', 'https://developers.facebook.com/docs/app-events/', {
    android: 'com.facebook.appevents com.facebook.marketing com.facebook.CampaignTrackingReceiver',
    ios: 'FBAEMKit',
    maven: 'com.facebook.android:facebook-core',
  }),
  tracker('Mixpanel', 'Mixpanel', 'analytics', 'https://docs.mixpanel.com/', {
    android: 'com.mixpanel',
    ios: 'Mixpanel Mixpanel-swift',
    maven: 'com.mixpanel.android:mixpanel-android',
  }),
  tracker('Amplitude', 'Amplitude', 'analytics', 'https://amplitude.com/docs/sdks', {
    android: 'com.amplitude',
    ios: 'Amplitude AmplitudeSwift AmplitudeCore',
    maven: 'com.amplitude:android-sdk',
  }),
  tracker(
    'Segment',
    'Twilio',
    'analytics',
    'https://segment.com/docs/connections/sources/catalog/libraries/mobile/android/',
    {
      android: 'com.segment.analytics com.segment.sovran com.segment.backo',
      ios: 'Segment Analytics SegmentAnalytics',
      maven: 'com.segment.analytics.android:analytics',
    },
  ),
  tracker('RudderStack', 'RudderStack', 'analytics', 'https://www.rudderstack.com/docs/', {
    android: 'com.rudderstack',
    ios: 'Rudder RudderStack',
    maven: 'com.rudderstack.android.sdk:core',
  }),
  tracker('mParticle', 'Rokt', 'analytics', 'https://docs.mparticle.com/', {
    android: 'com.mparticle',
    ios: 'mParticle_Apple_SDK mParticle-Apple-SDK',
    maven: 'com.mparticle:android-core',
  }),
  tracker('Flurry', 'Yahoo', 'analytics advertising', 'https://developer.yahoo.com/flurry/docs/', {
    android: 'com.flurry',
    ios: 'Flurry Flurry_iOS_SDK Flurry-iOS-SDK',
    maven: 'com.flurry.android:analytics',
  }),
  tracker('Localytics', 'Upland', 'analytics', 'https://help.uplandsoftware.com/localytics/', {
    android: 'com.localytics',
    ios: 'Localytics',
  }),
  tracker('Countly', 'Countly', 'analytics', 'https://support.countly.com/', {
    android: 'ly.count',
    ios: 'Countly',
    maven: 'ly.count.android:sdk',
  }),
  tracker('Matomo', 'Matomo', 'analytics', 'https://github.com/matomo-org/matomo-sdk-android', {
    android: 'org.matomo org.piwik',
    ios: 'MatomoTracker PiwikTracker',
    maven: 'com.github.matomo-org:matomo-sdk-android',
  }),
  tracker('Snowplow', 'Snowplow', 'analytics', 'https://docs.snowplow.io/', {
    android: 'com.snowplowanalytics',
    ios: 'SnowplowTracker',
    maven: 'com.snowplowanalytics:snowplow-android-tracker',
  }),
  tracker('PostHog', 'PostHog', 'analytics', 'https://posthog.com/docs/libraries/android', {
    android: 'com.posthog',
    ios: 'PostHog',
    maven: 'com.posthog:posthog-android',
  }),
  tracker('Heap', 'Contentsquare', 'analytics', 'https://developers.heap.io/docs', {
    android: 'com.heapanalytics io.heap',
    ios: 'Heap HeapSwiftCore',
    maven: 'com.heapanalytics.android:heap-android-client',
  }),
  tracker('Pendo', 'Pendo', 'analytics', 'https://github.com/pendo-io/pendo-mobile-sdk', {
    android: 'sdk.pendo.io sdk.insert.io',
    ios: 'Pendo',
  }),
  tracker('Adobe Experience Platform', 'Adobe', 'analytics', 'https://developer.adobe.com/client-sdks/', {
    android: 'com.adobe.marketing.mobile com.adobe.mobile com.adobe.adms com.omniture',
    ios: 'AEPCore AEPServices AEPAnalytics AEPIdentity ACPCore',
    maven: 'com.adobe.marketing.mobile:core',
  }),
  tracker('comScore', 'comScore', 'analytics', 'https://www.comscore.com/', {
    android: 'com.comscore',
    ios: 'ComScore',
    maven: 'com.comscore:android-analytics',
  }),
  tracker('Nielsen', 'Nielsen', 'analytics', 'https://engineeringportal.nielsen.com/', {
    android: 'com.nielsen.app',
    ios: 'NielsenAppApi',
  }),
  tracker('AT Internet (Piano Analytics)', 'Piano', 'analytics', 'https://developers.atinternet-solutions.com/', {
    android: 'com.atinternet io.piano',
    ios: 'Tracker PianoAnalytics',
  }),
  tracker('Webtrekk (Mapp)', 'Mapp', 'analytics', 'https://docs.mapp.com/', {
    android: 'com.webtrekk webtrekk.android',
    ios: 'Webtrekk MappIntelligence',
  }),
  tracker('INFOnline', 'INFOnline', 'analytics', 'https://www.infonline.de/', {
    android: 'de.infonline',
    ios: 'INFOnlineLibrary IOMbLibrary',
  }),
  tracker('Tealium', 'Tealium', 'analytics', 'https://docs.tealium.com/', {
    android: 'com.tealium',
    ios: 'TealiumSwift TealiumIOS',
  }),
  tracker('Yandex AppMetrica', 'Yandex', 'analytics attribution', 'https://appmetrica.io/docs/', {
    android: 'com.yandex.metrica io.appmetrica',
    ios: 'YandexMobileMetrica AppMetricaCore',
    maven: 'io.appmetrica.analytics:analytics',
  }),
  tracker('MyTracker', 'VK', 'analytics attribution', 'https://tracker.my.com/docs/', {
    android: 'com.my.tracker',
    ios: 'MyTrackerSDK',
    maven: 'com.my.tracker:mytracker-sdk',
  }),
  tracker('GameAnalytics', 'GameAnalytics', 'analytics games', 'https://docs.gameanalytics.com/', {
    android: 'com.gameanalytics',
    ios: 'GameAnalytics GA-SDK-IOS',
  }),
  tracker('deltaDNA', 'Unity Technologies', 'analytics games', 'https://docs.deltadna.com/', {
    android: 'com.deltadna',
  }),
  tracker('Umeng', 'Alibaba', 'analytics', 'https://developer.umeng.com/', {
    android: 'com.umeng com.uc.crashsdk',
    ios: 'UMCommon UMAnalytics UMMobClick',
    maven: 'com.umeng.umsdk:common',
  }),
  tracker('TalkingData', 'TalkingData', 'analytics', 'https://doc.talkingdata.com/', {
    android: 'com.talkingdata com.tendcloud com.apptalkingdata com.gametalkingdata',
    ios: 'TalkingData',
  }),
  tracker('Sensors Analytics', 'Sensors Data', 'analytics', 'https://github.com/sensorsdata/sa-sdk-android', {
    android: 'com.sensorsdata',
    ios: 'SensorsAnalyticsSDK',
    maven: 'com.sensorsdata.analytics.android:SensorsAnalyticsSDK',
  }),
  tracker('ThinkingData', 'ThinkingData', 'analytics', 'https://github.com/ThinkingDataAnalytics/android-sdk', {
    android: 'cn.thinkingdata',
    ios: 'ThinkingSDK',
  }),
  tracker('GrowingIO', 'GrowingIO', 'analytics', 'https://github.com/growingio/growingio-sdk-android-autotracker', {
    android: 'com.growingio',
    ios: 'GrowingAnalytics',
  }),
  tracker('Tencent Analytics and Beacon', 'Tencent', 'analytics', 'https://beacon.tencent.com/', {
    android: 'com.tencent.stat com.tencent.mta com.tencent.wxop.stat com.tencent.beacon com.tencent.qimei',
    ios: 'BeaconAPI_Base',
  }),
  tracker('Baidu Mobile Statistics', 'Baidu', 'analytics', 'https://mtj.baidu.com/', {
    android: 'com.baidu.mobstat',
    ios: 'BaiduMobStat',
  }),
  tracker('ByteDance AppLog', 'ByteDance', 'analytics', 'https://www.volcengine.com/docs/', {
    android: 'com.bytedance.applog com.bytedance.embedapplog',
    ios: 'RangersAppLog',
  }),
  tracker('Xiaomi statistics', 'Xiaomi', 'analytics', 'https://dev.mi.com/', {
    android: 'com.xiaomi.stat com.xiaomi.mistatistic',
  }),
  tracker(
    'Huawei Analytics',
    'Huawei',
    'analytics',
    'https://developer.huawei.com/consumer/en/hms/huawei-analyticskit/',
    {
      android: 'com.huawei.hms.analytics com.huawei.hianalytics',
      ios: 'HiAnalytics',
      maven: 'com.huawei.hms:hianalytics',
    },
  ),
  tracker('Keen', 'Keen', 'analytics', 'https://keen.io/docs/', { android: 'io.keen' }),
  tracker('Quantcast', 'Quantcast', 'analytics', 'https://help.quantcast.com/', {
    android: 'com.quantcast',
    ios: 'Quantcast-Measure',
  }),
  tracker('Chartbeat', 'Chartbeat', 'analytics', 'https://docs.chartbeat.com/', {
    android: 'com.chartbeat',
    ios: 'Chartbeat',
  }),
  tracker('Parse.ly', 'Automattic', 'analytics', 'https://docs.parse.ly/', {
    android: 'com.parsely',
    ios: 'ParselyAnalytics ParselyTracker',
  }),
  tracker('Conviva', 'Conviva', 'analytics media', 'https://pulse.conviva.com/learning-center/', {
    android: 'com.conviva',
    ios: 'ConvivaSDK ConvivaAppAnalytics',
  }),
  tracker('NPAW Youbora', 'NPAW', 'analytics media', 'https://documentation.npaw.com/', {
    android: 'com.npaw',
    ios: 'YouboraLib',
  }),
  tracker('Mux Data', 'Mux', 'analytics media', 'https://docs.mux.com/', {
    android: 'com.mux.stats',
    ios: 'MUXSDKStats MuxCore',
  }),
  tracker('Dynatrace', 'Dynatrace', 'performance-monitoring analytics', 'https://docs.dynatrace.com/', {
    android: 'com.dynatrace',
    ios: 'Dynatrace',
    maven: 'com.dynatrace.agent:agent-android',
  }),
  tracker('AppDynamics', 'Cisco', 'performance-monitoring', 'https://docs.appdynamics.com/', {
    android: 'com.appdynamics',
    ios: 'ADEUMInstrumentation AppDynamicsAgent',
  }),
  tracker(
    'New Relic',
    'New Relic',
    'performance-monitoring crash-reporting',
    'https://docs.newrelic.com/docs/mobile-monitoring/',
    { android: 'com.newrelic', ios: 'NewRelic NewRelicAgent', maven: 'com.newrelic.agent.android:android-agent' },
  ),
  tracker(
    'Datadog',
    'Datadog',
    'performance-monitoring crash-reporting session-recording',
    'https://docs.datadoghq.com/real_user_monitoring/',
    {
      android: 'com.datadog',
      ios: 'Datadog DatadogCore DatadogRUM DatadogLogs DatadogSDK',
      maven: 'com.datadoghq:dd-sdk-android-core',
    },
  ),
  tracker('Embrace', 'Embrace', 'performance-monitoring crash-reporting', 'https://embrace.io/docs/', {
    android: 'io.embrace',
    ios: 'Embrace EmbraceIO',
    maven: 'io.embrace:embrace-android-sdk',
  }),
];

const ATTRIBUTION: readonly SdkPackage[] = [
  tracker('Adjust', 'AppLovin', 'attribution', 'https://dev.adjust.com/en/sdk/android/', {
    android: 'com.adjust.sdk com.adjust.android',
    ios: 'Adjust AdjustSdk AdjustSigSdk',
    maven: 'com.adjust.sdk:adjust-android',
  }),
  tracker('AppsFlyer', 'AppsFlyer', 'attribution', 'https://dev.appsflyer.com/hc/docs/android-sdk', {
    android: 'com.appsflyer',
    ios: 'AppsFlyerLib AppsFlyerFramework',
    maven: 'com.appsflyer:af-android-sdk',
  }),
  tracker('Branch', 'Branch', 'attribution', 'https://help.branch.io/developers-hub/docs/android-sdk-overview', {
    android: 'io.branch',
    ios: 'Branch BranchSDK',
    maven: 'io.branch.sdk.android:library',
  }),
  tracker('Airbridge', 'AB180', 'attribution', 'https://developers.airbridge.io/', {
    android: 'co.ab180.airbridge io.airbridge',
    ios: 'AirBridge Airbridge airbridge-ios-sdk',
    maven: 'io.airbridge:sdk-android',
  }),
  tracker('Kochava', 'Kochava', 'attribution', 'https://support.kochava.com/', {
    android: 'com.kochava',
    ios: 'KochavaTracker KochavaCore KochavaMeasurement',
    maven: 'com.kochava.tracker:tracker',
  }),
  tracker('Singular', 'Singular', 'attribution', 'https://support.singular.net/hc/en-us/articles/360037581952', {
    android: 'com.singular.sdk com.apsalar',
    ios: 'Singular Singular-SDK',
    maven: 'com.singular.sdk:singular_sdk',
  }),
  tracker('Tenjin', 'Tenjin', 'attribution', 'https://docs.tenjin.com/', {
    android: 'com.tenjin',
    ios: 'TenjinSDK',
    maven: 'com.tenjin:android-sdk',
  }),
  tracker('Tune', 'Branch', 'attribution', 'https://help.tune.com/', {
    android: 'com.tune com.mobileapptracker',
    ios: 'Tune MobileAppTracker',
  }),
  tracker('Adbrix', 'IGAWorks', 'attribution', 'https://help.adbrix.io/', {
    android: 'com.igaworks',
    ios: 'AdBrixRmKit AdBrixRM',
  }),
  tracker('Trackier and Affise', 'several', 'attribution', 'https://developers.trackier.com/', {
    android: 'com.trackier com.affise',
    ios: 'trackier-ios-sdk AffiseAttributionLib',
  }),
];

const ADVERTISING_TABLE: readonly (readonly [
  name: string,
  vendor: string,
  source: string,
  android: string,
  ios?: string,
  maven?: string,
])[] = [
  [
    'Meta Audience Network',
    'Meta',
    'https://developers.facebook.com/docs/audience-network/',
    'com.facebook.ads com.facebook.audiencenetwork',
    'FBAudienceNetwork',
    'com.facebook.android:audience-network-sdk',
  ],
  [
    'Unity Ads',
    'Unity Technologies',
    'https://docs.unity.com/ads/',
    'com.unity3d.ads com.unity3d.services',
    'UnityAds',
    'com.unity3d.ads:unity-ads',
  ],
  [
    'ironSource',
    'Unity Technologies',
    'https://developers.is.com/ironsource-mobile/',
    'com.ironsource com.supersonicads com.supersonic com.unity3d.mediation com.unity3d.ironsourceads',
    'IronSource IronSourceSDK',
    'com.ironsource.sdk:mediationsdk',
  ],
  [
    'AppLovin',
    'AppLovin',
    'https://developers.applovin.com/',
    'com.applovin',
    'AppLovinSDK',
    'com.applovin:applovin-sdk',
  ],
  [
    'Vungle (Liftoff Monetize)',
    'Liftoff',
    'https://support.vungle.com/',
    'com.vungle',
    'VungleSDK VungleAdsSDK VungleAds',
    'com.vungle:vungle-ads',
  ],
  [
    'Chartboost',
    'Zynga',
    'https://docs.chartboost.com/',
    'com.chartboost',
    'ChartboostSDK',
    'com.chartboost:chartboost-sdk',
  ],
  [
    'InMobi',
    'InMobi',
    'https://support.inmobi.com/',
    'com.inmobi in.inmobi com.aerserv',
    'InMobiSDK',
    'com.inmobi.monetization:inmobi-ads-kotlin',
  ],
  [
    'MoPub',
    'AppLovin',
    'https://github.com/mopub/mopub-android-sdk',
    'com.mopub',
    'MoPub MoPubSDK mopub-ios-sdk',
    'com.mopub:mopub-sdk',
  ],
  [
    'StartApp (Start.io)',
    'Start.io',
    'https://support.start.io/',
    'com.startapp io.start',
    'StartApp',
    'com.startapp:inapp-sdk',
  ],
  ['Tapjoy', 'Unity Technologies', 'https://dev.tapjoy.com/', 'com.tapjoy', 'Tapjoy', 'com.tapjoy:tapjoy-android-sdk'],
  [
    'Pangle',
    'ByteDance',
    'https://www.pangleglobal.com/integration',
    'com.bytedance.sdk.openadsdk com.pgl com.pangle com.bykv.vk com.bytedance.msdk com.bytedance.sdk',
    'PAGAdSDK BUAdSDK Ads-Global',
    'com.pangle.global:ads-sdk',
  ],
  [
    'Mintegral',
    'Mobvista',
    'https://dev.mintegral.com/doc/',
    'com.mbridge com.mintegral com.mobvista',
    'MTGSDK MintegralAdSDK',
    'com.mbridge.msdk.oversea:mbbid',
  ],
  ['Moloco', 'Moloco', 'https://developer.moloco.cloud/docs', 'com.moloco', 'MolocoSDK', 'com.moloco.sdk:moloco-sdk'],
  [
    'AdColony',
    'Digital Turbine',
    'https://github.com/AdColony/AdColony-Android-SDK',
    'com.adcolony com.jirbo',
    'AdColony',
    'com.adcolony:sdk',
  ],
  [
    'Fyber (Digital Turbine)',
    'Digital Turbine',
    'https://developer.digitalturbine.com/',
    'com.fyber com.sponsorpay com.heyzap com.inneractive',
    'FairBidSDK IASDKCore Fyber',
    'com.fyber:fairbid-sdk',
  ],
  ['Smaato', 'Verve Group', 'https://developers.smaato.com/', 'com.smaato', 'SmaatoSDKCore'],
  [
    'Verve HyBid',
    'Verve Group',
    'https://developers.verve.com/',
    'net.pubnative com.vervewireless',
    'HyBid',
    'net.pubnative:hybid.sdk',
  ],
  [
    'BidMachine and Appodeal',
    'Appodeal',
    'https://docs.appodeal.com/',
    'com.appodeal com.appodealx com.explorestack io.bidmachine',
    'Appodeal BidMachine StackModules',
  ],
  [
    'Amazon Publisher Services',
    'Amazon',
    'https://aps.amazon.com/',
    'com.amazon.device.ads com.amazon.device.associates com.amazon.aps',
    'DTBiOSSDK AmazonPublisherServicesSDK',
    'com.amazon.android:aps-sdk',
  ],
  [
    'Criteo',
    'Criteo',
    'https://publisherdocs.criteotilt.com/app/',
    'com.criteo',
    'CriteoPublisherSdk',
    'com.criteo.publisher:criteo-publisher-sdk',
  ],
  ['Taboola', 'Taboola', 'https://developers.taboola.com/', 'com.taboola', 'TaboolaSDK', 'com.taboola:android-sdk'],
  ['Outbrain', 'Teads', 'https://developer.outbrain.com/', 'com.outbrain', 'OutbrainSDK'],
  ['Teads', 'Teads', 'https://support.teads.tv/', 'tv.teads teads.tv', 'TeadsSDK', 'tv.teads.sdk.android:sdk'],
  [
    'Xandr (AppNexus)',
    'Microsoft',
    'https://learn.microsoft.com/xandr/mobile-sdk/',
    'com.appnexus',
    'AppNexusSDK',
    'com.appnexus.opensdk:appnexus-sdk',
  ],
  [
    'Smart AdServer (Equativ)',
    'Equativ',
    'https://documentation.smartadserver.com/',
    'com.smartadserver com.equativ',
    'SASDisplayKit',
  ],
  [
    'PubMatic OpenWrap',
    'PubMatic',
    'https://community.pubmatic.com/',
    'com.pubmatic',
    'OpenWrapSDK',
    'com.pubmatic.sdk:openwrap',
  ],
  [
    'Prebid Mobile',
    'Prebid.org',
    'https://docs.prebid.org/prebid-mobile/',
    'org.prebid',
    'PrebidMobile',
    'org.prebid:prebid-mobile-sdk',
  ],
  ['FreeWheel', 'Comcast', 'https://www.freewheel.com/', 'tv.freewheel', 'AdManager FWSDK'],
  [
    'Open Measurement SDK',
    'IAB Tech Lab',
    'https://iabtechlab.com/standards/open-measurement-sdk/',
    'com.iab.omid',
    'OMSDK',
  ],
  ['Moat', 'Oracle', 'https://www.oracle.com/advertising/', 'com.moat'],
  ['Integral Ad Science', 'Integral Ad Science', 'https://integralads.com/', 'com.integralads'],
  [
    'Yandex Mobile Ads',
    'Yandex',
    'https://ads.yandex.com/helpcenter/en/dev/android/',
    'com.yandex.mobile.ads',
    'YandexMobileAds',
    'com.yandex.android:mobileads',
  ],
  [
    'myTarget',
    'VK',
    'https://target.my.com/help/partners/mob',
    'com.my.target',
    'MyTargetSDK',
    'com.my.target:mytarget-sdk',
  ],
  [
    'AppBrain',
    'AppTornado',
    'https://www.appbrain.com/info/help/sdk/',
    'com.appbrain',
    undefined,
    'com.appbrain:appbrain-sdk',
  ],
  ['Appnext', 'Appnext', 'https://developers.appnext.com/', 'com.appnext', 'AppnextLib'],
  ['MobFox', 'MobFox', 'https://docs.mobfox.com/', 'com.mobfox com.adsdk.sdk'],
  ['Airpush', 'Airpush', 'https://airpush.com/', 'com.airpush'],
  [
    'Millennial Media',
    'Yahoo',
    'https://www.advertising.yahooinc.com/',
    'com.millennialmedia com.nexage com.verizon.ads com.yahoo.ads',
    'MMAdSDK VerizonAdsCore YahooAds',
  ],
  ['OpenX', 'OpenX', 'https://docs.openx.com/', 'com.openx'],
  ['HyprMX', 'HyprMX', 'https://documentation.hyprmx.com/', 'com.hyprmx', 'HyprMX', 'com.hyprmx.android:HyprMX-SDK'],
  [
    'Ogury',
    'Ogury',
    'https://ogury-ltd.gitbook.io/',
    'io.presage com.ogury',
    'OguryAds OgurySdk',
    'co.ogury:ogury-sdk',
  ],
  ['Kidoz', 'Kidoz', 'https://github.com/Kidoz-SDK', 'com.kidoz', 'KidozSDK'],
  ['SuperAwesome', 'SuperAwesome', 'https://doc.superawesome.com/', 'tv.superawesome', 'SuperAwesome'],
  ['LoopMe', 'LoopMe', 'https://docs.loopme.com/', 'com.loopme', 'LoopMeUnitedSDK'],
  ['Adform', 'Adform', 'https://github.com/adform/adform-android-sdk', 'com.adform', 'AdformAdvertising'],
  ['Digital Turbine Ignite', 'Digital Turbine', 'https://www.digitalturbine.com/', 'com.digitalturbine'],
  ['nend', 'Fan Communications', 'https://github.com/fan-ADN/nendSDK-Android', 'net.nend', 'NendAd'],
  ['maio', 'i-mobile', 'https://github.com/imobile/MaioSDK-v2-iOS', 'jp.maio', 'Maio'],
  ['Five', 'LY Corporation', 'https://github.com/line/LINEAdNetwork', 'com.five_corp', 'FiveAd'],
  [
    'AdFit',
    'Kakao',
    'https://github.com/adfit/adfit-android-sdk',
    'com.kakao.adfit',
    'AdFitSDK',
    'com.kakao.adfit:ads-base',
  ],
  ['BuzzAd', 'Buzzvil', 'https://docs.buzzvil.com/', 'com.buzzvil', 'BuzzAdBenefit'],
  ['Baidu Mobile Ads', 'Baidu', 'https://union.baidu.com/', 'com.baidu.mobads com.baidu.appx', 'BaiduMobAdSDK'],
  ['Tencent Ads (GDT)', 'Tencent', 'https://e.qq.com/dev/', 'com.qq.e com.tencent.mobwin com.qq.gdt', 'GDTMobSDK'],
  ['Kuaishou Ads', 'Kuaishou', 'https://u.kuaishou.com/', 'com.kwad com.kuaishou.ad', 'KSAdSDK'],
  ['Sigmob', 'Sigmob', 'https://www.sigmob.com/', 'com.sigmob com.czhj', 'WindSDK'],
  ['TopOn (AnyThink)', 'TopOn', 'https://docs.toponad.com/', 'com.anythink', 'AnyThinkSDK'],
  [
    'Huawei Ads',
    'Huawei',
    'https://developer.huawei.com/consumer/en/hms/huawei-adskit/',
    'com.huawei.hms.ads com.huawei.openalliance',
    undefined,
    'com.huawei.hms:ads-lite',
  ],
  ['Xiaomi Ads', 'Xiaomi', 'https://dev.mi.com/', 'com.miui.zeus com.xiaomi.ad'],
  ['Snap Ad Kit', 'Snap', 'https://developers.snap.com/', 'com.snap.adkit com.snap.appadskit', 'SAKSDK'],
  ['TikTok Business', 'TikTok', 'https://business-api.tiktok.com/portal/docs', 'com.tiktok', 'TikTokBusinessSDK'],
  ['AdMost', 'AdMost', 'https://admost.github.io/amrandroid/', 'admost.sdk admost.adserver', 'AMRSDK'],
  ['Adincube and MAdvertise', 'several', 'https://github.com/adincube', 'com.adincube com.mngads com.adot'],
];

const ENGAGEMENT: readonly SdkPackage[] = [
  tracker('Braze', 'Braze', 'messaging push analytics', 'https://www.braze.com/docs/developer_guide/', {
    android: 'com.braze com.appboy bo.app',
    ios: 'BrazeKit BrazeUI Appboy_iOS_SDK Appboy-iOS-SDK',
    maven: 'com.braze:android-sdk-ui',
  }),
  tracker('OneSignal', 'OneSignal', 'push messaging', 'https://documentation.onesignal.com/', {
    android: 'com.onesignal',
    ios: 'OneSignal OneSignalFramework OneSignalCore OneSignalExtension OneSignalOutcomes OneSignalXCFramework',
    maven: 'com.onesignal:OneSignal',
  }),
  tracker('Airship', 'Airship', 'push messaging analytics', 'https://docs.airship.com/', {
    android: 'com.urbanairship',
    ios: 'AirshipCore AirshipKit Airship AirshipBasement',
    maven: 'com.urbanairship.android:urbanairship-core',
  }),
  tracker('CleverTap', 'CleverTap', 'push messaging analytics', 'https://developer.clevertap.com/', {
    android: 'com.clevertap',
    ios: 'CleverTapSDK CleverTap-iOS-SDK',
    maven: 'com.clevertap.android:clevertap-android-sdk',
  }),
  tracker('MoEngage', 'MoEngage', 'push messaging analytics', 'https://developers.moengage.com/', {
    android: 'com.moengage',
    ios: 'MoEngageSDK MoEngageCore MoEngage-iOS-SDK',
    maven: 'com.moengage:moe-android-sdk',
  }),
  tracker('WebEngage', 'WebEngage', 'push messaging analytics', 'https://docs.webengage.com/', {
    android: 'com.webengage',
    ios: 'WebEngage',
    maven: 'com.webengage:android-sdk',
  }),
  tracker('Leanplum', 'CleverTap', 'messaging analytics', 'https://docs.leanplum.com/', {
    android: 'com.leanplum',
    ios: 'Leanplum Leanplum-iOS-SDK',
    maven: 'com.leanplum:leanplum-core',
  }),
  tracker('Batch', 'Batch', 'push messaging analytics', 'https://doc.batch.com/', {
    android: 'com.batch',
    ios: 'Batch',
    maven: 'com.batch.android:batch-sdk',
  }),
  tracker('Pushwoosh', 'Pushwoosh', 'push messaging', 'https://docs.pushwoosh.com/', {
    android: 'com.pushwoosh',
    ios: 'Pushwoosh PushwooshFramework PushwooshXCFramework',
    maven: 'com.pushwoosh:pushwoosh',
  }),
  tracker('Swrve', 'Swrve', 'messaging analytics', 'https://docs.swrve.com/', {
    android: 'com.swrve',
    ios: 'SwrveSDK',
    maven: 'com.swrve.sdk.android:swrve',
  }),
  tracker('Iterable', 'Iterable', 'messaging push', 'https://support.iterable.com/', {
    android: 'com.iterable',
    ios: 'IterableSDK Iterable-iOS-SDK',
    maven: 'com.iterable:iterableapi',
  }),
  tracker('Insider', 'Insider', 'messaging analytics', 'https://academy.useinsider.com/', {
    android: 'com.useinsider',
    ios: 'InsiderMobile',
  }),
  tracker('Emarsys', 'SAP', 'messaging analytics', 'https://github.com/emartech/android-emarsys-sdk', {
    android: 'com.emarsys',
    ios: 'EmarsysSDK',
    maven: 'com.emarsys:emarsys-sdk',
  }),
  tracker(
    'Salesforce Marketing Cloud',
    'Salesforce',
    'messaging push analytics',
    'https://salesforce-marketingcloud.github.io/MarketingCloudSDK-Android/',
    {
      android: 'com.salesforce.marketingcloud com.exacttarget',
      ios: 'MarketingCloudSDK SFMCSDK',
      maven: 'com.salesforce.marketingcloud:marketingcloudsdk',
    },
  ),
  tracker(
    'Bloomreach (Exponea)',
    'Bloomreach',
    'messaging analytics',
    'https://github.com/exponea/exponea-android-sdk',
    { android: 'com.exponea', ios: 'ExponeaSDK', maven: 'com.exponea.sdk:sdk' },
  ),
  tracker('Customer.io', 'Customer.io', 'messaging push', 'https://docs.customer.io/', {
    android: 'io.customer',
    ios: 'CioTracking CioMessagingPush CioDataPipelines',
    maven: 'io.customer.android:core',
  }),
  tracker('Klaviyo', 'Klaviyo', 'messaging push', 'https://developers.klaviyo.com/', {
    android: 'com.klaviyo',
    ios: 'KlaviyoSwift',
    maven: 'com.github.klaviyo:klaviyo-android-sdk',
  }),
  tracker('Marketo', 'Adobe', 'messaging analytics', 'https://experienceleague.adobe.com/docs/marketo-developer/', {
    android: 'com.marketo',
    ios: 'MarketoFramework Marketo-iOS-SDK',
  }),
  tracker('Acoustic', 'Acoustic', 'messaging analytics', 'https://developer.goacoustic.com/', {
    android: 'co.acoustic com.ibm.mce com.xtify',
    ios: 'AcousticMobilePush',
  }),
  tracker('JPush', 'Aurora Mobile', 'push', 'https://docs.jiguang.cn/', {
    android: 'cn.jpush cn.jiguang cn.jcore',
    ios: 'JPush JCore',
    maven: 'cn.jiguang.sdk:jpush',
  }),
  tracker('Getui', 'Daily Interactive', 'push', 'https://docs.getui.com/', {
    android: 'com.igexin com.getui',
    ios: 'GTSDK',
    maven: 'com.getui:gtsdk',
  }),
  tracker('MobTech', 'MobTech', 'analytics social', 'https://www.mob.com/', {
    android: 'com.mob cn.sharesdk com.mobtech',
    ios: 'MOBFoundation ShareSDK',
  }),
  tracker('Optimizely', 'Optimizely', 'feature-flags analytics', 'https://docs.developers.optimizely.com/', {
    android: 'com.optimizely',
    ios: 'Optimizely OptimizelySwiftSDK',
    maven: 'com.optimizely.ab:android-sdk',
  }),
  tracker('Apptimize', 'Airship', 'feature-flags analytics', 'https://apptimize.com/docs/', {
    android: 'com.apptimize',
    ios: 'Apptimize',
  }),
  tracker('Apptentive', 'Alchemer', 'support analytics', 'https://learn.apptentive.com/', {
    android: 'com.apptentive apptentive.com',
    ios: 'Apptentive ApptentiveKit',
    maven: 'com.apptentive:apptentive-kit-android',
  }),
  tracker('Qualtrics', 'Qualtrics', 'analytics support', 'https://api.qualtrics.com/', {
    android: 'com.qualtrics',
    ios: 'Qualtrics',
  }),
  tracker('Medallia', 'Medallia', 'analytics support', 'https://docs.medallia.com/', {
    android: 'com.medallia',
    ios: 'MedalliaDigitalSDK',
  }),
];

const CRASHES: readonly SdkPackage[] = [
  tracker(
    'Sentry',
    'Functional Software',
    'crash-reporting performance-monitoring',
    'https://docs.sentry.io/platforms/android/',
    {
      android: 'io.sentry com.joshdholtz.sentry',
      ios: 'Sentry SentrySwiftUI RNSentry',
      maven: 'io.sentry:sentry-android',
    },
  ),
  tracker('Bugsnag', 'SmartBear', 'crash-reporting', 'https://docs.bugsnag.com/platforms/android/', {
    android: 'com.bugsnag',
    ios: 'Bugsnag BugsnagPerformance',
    maven: 'com.bugsnag:bugsnag-android',
  }),
  tracker('Instabug', 'Luciq', 'crash-reporting session-recording', 'https://docs.instabug.com/', {
    android: 'com.instabug ai.luciq',
    ios: 'Instabug InstabugSDK',
    maven: 'com.instabug.library:instabug',
  }),
  tracker('Raygun', 'Raygun', 'crash-reporting', 'https://raygun.com/documentation/', {
    android: 'com.raygun com.mindscapehq',
    ios: 'raygun4apple raygun4iOS',
    maven: 'com.raygun:raygun4android',
  }),
  tracker('Rollbar', 'Rollbar', 'crash-reporting', 'https://docs.rollbar.com/', {
    android: 'com.rollbar',
    ios: 'RollbarNotifier Rollbar',
    maven: 'com.rollbar:rollbar-android',
  }),
  tracker(
    'Visual Studio App Center',
    'Microsoft',
    'crash-reporting analytics',
    'https://learn.microsoft.com/appcenter/',
    {
      android: 'com.microsoft.appcenter com.microsoft.azure.mobile',
      ios: 'AppCenter AppCenterAnalytics AppCenterCrashes',
      maven: 'com.microsoft.appcenter:appcenter-crashes',
    },
  ),
  tracker('HockeyApp', 'Microsoft', 'crash-reporting', 'https://github.com/bitstadium/HockeySDK-Android', {
    android: 'net.hockeyapp',
    ios: 'HockeySDK',
    maven: 'net.hockeyapp.android:HockeySDK',
  }),
  tracker('ACRA', 'ACRA', 'crash-reporting', 'https://www.acra.ch/docs/', {
    android: 'org.acra ch.acra',
    maven: 'ch.acra:acra-core',
  }),
  tracker('Bugly', 'Tencent', 'crash-reporting', 'https://bugly.qq.com/docs/', {
    android: 'com.tencent.bugly',
    ios: 'Bugly',
    maven: 'com.tencent.bugly:crashreport',
  }),
  tracker('Bugfender', 'Beenario', 'crash-reporting logging', 'https://docs.bugfender.com/', {
    android: 'com.bugfender',
    ios: 'BugfenderSDK',
    maven: 'com.bugfender.sdk:android',
  }),
  tracker('Bugsee', 'Bugsee', 'crash-reporting session-recording', 'https://docs.bugsee.com/', {
    android: 'com.bugsee',
    ios: 'Bugsee',
    maven: 'com.bugsee:bugsee-android',
  }),
  tracker('Backtrace', 'Sauce Labs', 'crash-reporting', 'https://docs.saucelabs.com/error-reporting/', {
    android: 'backtraceio',
    ios: 'Backtrace',
    maven: 'com.github.backtrace-labs.backtrace-android:backtrace-library',
  }),
  tracker('Crittercism (Apteligent)', 'VMware', 'crash-reporting', 'https://docs.apteligent.com/', {
    android: 'com.crittercism com.apteligent',
    ios: 'Crittercism',
  }),
  tracker('Splunk MINT and BugSense', 'Splunk', 'crash-reporting', 'https://docs.splunk.com/', {
    android: 'com.splunk com.bugsense',
    ios: 'SplunkMint SplunkOtel',
  }),
  tracker('PLCrashReporter', 'Microsoft', 'crash-reporting', 'https://github.com/microsoft/plcrashreporter', {
    ios: 'PLCrashReporter CrashReporter KSCrash',
  }),
  tracker('Loggly and Logentries', 'several', 'logging', 'https://documentation.solarwinds.com/', {
    android: 'com.github.tony19.loggly com.github.tony19.timber.loggly com.logentries',
  }),
  tracker('UXCam', 'UXCam', 'session-recording analytics', 'https://developer.uxcam.com/', {
    android: 'com.uxcam',
    ios: 'UXCam',
    maven: 'com.uxcam:uxcam',
  }),
  tracker('Smartlook', 'Cisco', 'session-recording analytics', 'https://mobile.developer.smartlook.com/', {
    android: 'com.smartlook',
    ios: 'Smartlook SmartlookAnalytics',
    maven: 'com.smartlook.android:smartlook-analytics',
  }),
  tracker('FullStory', 'FullStory', 'session-recording analytics', 'https://developer.fullstory.com/mobile/', {
    android: 'com.fullstory',
    ios: 'FullStory',
  }),
  tracker('LogRocket', 'LogRocket', 'session-recording', 'https://docs.logrocket.com/', {
    android: 'com.logrocket',
    ios: 'LogRocket',
    maven: 'com.logrocket:logrocket',
  }),
  tracker('Microsoft Clarity', 'Microsoft', 'session-recording analytics', 'https://learn.microsoft.com/clarity/', {
    android: 'com.microsoft.clarity',
    ios: 'Clarity',
    maven: 'com.microsoft.clarity:clarity',
  }),
  tracker('Contentsquare', 'Contentsquare', 'session-recording analytics', 'https://docs.contentsquare.com/', {
    android: 'com.contentsquare',
    ios: 'ContentsquareModule ContentsquareSDK',
    maven: 'com.contentsquare.android:library',
  }),
  tracker('Appsee', 'ServiceNow', 'session-recording analytics', 'https://www.appsee.com/docs', {
    android: 'com.appsee',
    ios: 'Appsee',
  }),
  tracker('UserExperior', 'UserExperior', 'session-recording analytics', 'https://www.userexperior.com/', {
    android: 'com.userexperior',
    ios: 'UserExperior',
  }),
];

const PLACES: readonly SdkPackage[] = [
  tracker('Radar', 'Radar Labs', 'location', 'https://radar.com/documentation/', {
    android: 'io.radar',
    ios: 'RadarSDK',
    maven: 'io.radar:sdk',
  }),
  tracker('Foursquare Movement (Pilgrim)', 'Foursquare', 'location analytics', 'https://docs.foursquare.com/', {
    android: 'com.foursquare.pilgrim com.foursquare.movement com.foursquare.pilgrimsdk',
    ios: 'Pilgrim',
  }),
  tracker('Cuebiq', 'Cuebiq', 'location analytics', 'https://www.cuebiq.com/', {
    android: 'com.cuebiq',
    ios: 'CuebiqSDK',
  }),
  tracker('X-Mode (Outlogic)', 'Digital Envoy', 'location analytics', 'https://outlogic.io/', {
    android: 'io.xmode io.mysdk',
    ios: 'XDK',
  }),
  tracker('Gimbal', 'Infillion', 'location', 'https://docs.gimbal.com/', { android: 'com.gimbal', ios: 'Gimbal' }),
  tracker('OpenLocate', 'SafeGraph', 'location', 'https://github.com/OpenLocate/openlocate-android', {
    android: 'com.openlocate com.safegraph',
    ios: 'OpenLocate',
  }),
  tracker('Huq', 'Huq Industries', 'location', 'https://huq.io/', { android: 'io.huq', ios: 'HuqSourceKit' }),
  tracker('Tamoco', 'Tamoco', 'location', 'https://www.tamoco.com/', { android: 'com.tamoco' }),
  tracker('Unacast Pure', 'Unacast', 'location', 'https://www.unacast.com/', {
    android: 'com.pure.internal com.pure.sdk',
  }),
  tracker('Sentiance', 'Sentiance', 'location analytics', 'https://docs.sentiance.com/', {
    android: 'com.sentiance',
    ios: 'SENTSDK',
  }),
  tracker('Zendrive', 'Zendrive', 'location', 'https://docs.zendrive.com/', {
    android: 'com.zendrive',
    ios: 'ZendriveSDK',
  }),
  tracker('Estimote and Kontakt.io beacons', 'several', 'location', 'https://developer.estimote.com/', {
    android: 'com.estimote com.kontakt',
    ios: 'EstimoteSDK EstimoteProximitySDK',
  }),
  tracker('HyperTrack', 'HyperTrack', 'location', 'https://hypertrack.com/docs/', {
    android: 'com.hypertrack io.hypertrack',
    ios: 'HyperTrack',
    maven: 'com.hypertrack:hypertrack',
  }),
  tracker('Arity', 'Allstate', 'location', 'https://arity.com/', { android: 'com.arity', ios: 'DrivingEngine' }),
];

export const TRACKERS: readonly SdkPackage[] = [
  ...ANALYTICS,
  ...ATTRIBUTION,
  ...ADVERTISING_TABLE.map(([name, vendor, source, android, ios, maven]) =>
    tracker(name, vendor, 'advertising', source, {
      android,
      ...(ios === undefined ? {} : { ios }),
      ...(maven === undefined ? {} : { maven }),
    }),
  ),
  ...ENGAGEMENT,
  ...CRASHES,
  ...PLACES,
];
