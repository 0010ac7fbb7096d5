/**
 * Classes of Objective-C that one library alone has, with the name of its framework or pod: most apps link libraries
 * statically, where no framework tells of them. From the libraries' public headers.
 */
export const OBJECTIVE_C_CLASSES: ReadonlyMap<string, string> = new Map(
  (
    'AFHTTPSessionManager=AFNetworking AFURLSessionManager=AFNetworking AFHTTPRequestOperation=AFNetworking SDWebImageManager=SDWebImage SDImageCache=SDWebImage ' +
    'PFObject=Parse PFQuery=Parse FIRApp=FirebaseCore FIRAnalytics=FirebaseAnalytics FIRAuth=FirebaseAuth FIRMessaging=FirebaseMessaging FIRDatabase=FirebaseDatabase ' +
    'FIRFirestore=FirebaseFirestore FIRStorage=FirebaseStorage FIRRemoteConfig=FirebaseRemoteConfig FIRCrashlytics=FirebaseCrashlytics FIRPerformance=FirebasePerformance ' +
    'FIRDynamicLinks=FirebaseDynamicLinks FIRInAppMessaging=FirebaseInAppMessaging FIRInstallations=FirebaseInstallations CLSReportsController=Crashlytics ' +
    'FBSDKAppEvents=FBAEMKit FBSDKApplicationDelegate=FBSDKCoreKit FBSDKLoginManager=FBSDKLoginKit FBSDKShareDialog=FBSDKShareKit FBAdView=FBAudienceNetwork ' +
    'GADBannerView=GoogleMobileAds GADMobileAds=GoogleMobileAds GIDSignIn=GoogleSignIn GMSMapView=GoogleMaps GMSPlacesClient=GooglePlaces GAITrackerImpl=GoogleAnalytics ' +
    'TAGManager=GoogleTagManager GTMSessionFetcher=GTMSessionFetcher GDTCORTransport=GoogleDataTransport FBLPromise=FBLPromises ' +
    'ADJActivityHandler=Adjust AppsFlyerLib=AppsFlyerLib AppsFlyerTracker=AppsFlyerLib BNCServerInterface=Branch ABREventHandler=Airbridge KVATracker=KochavaTracker ' +
    'ALSdk=AppLovinSDK VungleSDK=VungleSDK ISNEventsBase=IronSource IronSource=IronSource UADSApiSdk=UnityAds IMBanner=InMobiSDK Chartboost=ChartboostSDK TJPlacement=Tapjoy MPAdView=MoPub ' +
    'MTGSDK=MTGSDK PAGSdk=PAGAdSDK AdColony=AdColony Mixpanel=Mixpanel Amplitude=Amplitude SEGAnalytics=Segment Flurry=Flurry Countly=Countly YMMYandexMetrica=YandexMobileMetrica ' +
    'Appboy=BrazeKit OneSignal=OneSignal UAirship=AirshipCore CleverTap=CleverTapSDK MoEngage=MoEngageSDK LPActionManager=Leanplum BatchPush=Batch Pushwoosh=Pushwoosh JPUSHService=JPush UMConfigure=UMCommon ' +
    'SentrySDK=Sentry Bugsnag=Bugsnag Instabug=Instabug BITHockeyManager=HockeySDK MSACAppCenter=AppCenter BuglyConfig=Bugly NewRelicAgentInternal=NewRelic UXCam=UXCam ' +
    'RCTBridge=React RCTRootView=React CDVViewController=Cordova FlutterEngine=Flutter UnityAppController=UnityFramework CAPBridgeViewController=Capacitor ' +
    'MGLMapView=Mapbox FMDatabase=FMDB RLMRealm=Realm MBProgressHUD=MBProgressHUD SVProgressHUD=SVProgressHUD IQKeyboardManager=IQKeyboardManager ' +
    'MASConstraintMaker=Masonry YYModelMeta=YYKit MJExtensionConst=MJExtension DDLog=CocoaLumberjack GCDAsyncSocket=CocoaAsyncSocket SRWebSocket=SocketRocket SSZipArchive=SSZipArchive ' +
    'OIDAuthorizationService=AppAuth MSALPublicClientApplication=MSAL AWSServiceConfiguration=AWSCore STPAPIClient=Stripe BTAPIClient=Braintree PPRMOCMagnesSDK=PPRiskMagnes CardIOView=CardIO ' +
    'AMapServices=AMapFoundationKit BMKMapManager=BaiduMapAPI_Map WXApi=WechatOpenSDK TencentOAuth=TencentOpenAPI WeiboSDK=WeiboSDK AlipaySDK=AlipaySDK ' +
    'ZDKCoreLogger=ZendeskCoreSDK Intercom=Intercom OTSession=OpenTok TVIRoom=TwilioVideo AgoraRtcEngineKit=AgoraRtcKit RTCPeerConnection=WebRTC LOTAnimationView=Lottie TSKPinningValidator=TrustKit'
  )
    .split(' ')
    .map((pair) => pair.split('=') as [string, string]),
);
