/** Words that tell a server's path from the other strings with slashes in a program. */

const API_MARKERS = new Set(
  'api apis rest restapi rest-api graphql rpc jsonrpc json-rpc webservice webservices webapi web-api odata soap gateway oauth oauth2 mobileapi mobile-api backend wp-json _search _bulk _doc'.split(
    ' ',
  ),
);

/** `api`, `rest`, `v1`, `v2.1`: what servers put in front of their routes. */
export function isApiMarker(segment: string): boolean {
  return API_MARKERS.has(segment) || /^v\d{1,2}(?:\.\d{1,2})?$/.test(segment) || /^api[-_]?v?\d{1,2}$/.test(segment);
}

const LOCAL_ROOTS = new Set(
  (
    'data system sdcard proc sys dev sbin vendor etc storage mnt su cache tmp var usr bin lib lib64 odm product apex root opt ' +
    'home library private system_ext android asset assets res raw drawable layout mipmap android_asset ' +
    'android_res acct metadata config d init oem persist recovery meta-inf web-inf google java javax kotlin kotlinx androidx ' +
    'com org net io application text image audio video multipart message font model example chemical x-world ' +
    'databases shared_prefs selinux charger frameworks dalvik-cache magisk node_modules src build out dist www'
  ).split(' '),
);

/** First segments of file-system paths, resources, MIME types and class names. */
export function isLocalRoot(segment: string): boolean {
  return LOCAL_ROOTS.has(segment);
}

/** What people's data is called in routes: accounts, people, money, orders, places, messages, health. */
const PERSONAL_WORDS = new Set(
  (
    'account accounts login logon logout signin signup signout register registration password passwords passcode pincode profile profiles ' +
    'customer customers client clients member members user users employee employees person people contact contacts address addresses ' +
    'transfer transfers payment payments transaction transactions balance balances beneficiary beneficiaries statement statements ' +
    'invoice invoices order orders cart carts checkout basket wallet wallets coupon coupons voucher vouchers loan loans card cards ' +
    'booking bookings reservation reservations ticket tickets appointment appointments patient patients prescription prescriptions ' +
    'doctor doctors diagnosis medical records delivery deliveries shipment shipments ride rides trip trips driver drivers ' +
    'passenger passengers subscription subscriptions otp kyc authenticate authentication authorize inbox messages conversations ' +
    'friends followers complaints feedback donations salary payroll students student teachers grades vehicle vehicles insurance claims policies'
  ).split(' '),
);

export function isPersonalWord(word: string): boolean {
  return PERSONAL_WORDS.has(word);
}

function paths(sdk: string, ...list: readonly string[]): [string, string][] {
  return list.map((path) => [path, sdk]);
}

/**
 * Relative paths that widely used SDKs carry as constants. Sources: the SDKs' own code on GitHub
 * (firebase/firebase-android-sdk, facebook/facebook-android-sdk, stripe/stripe-android, aws-amplify/aws-sdk-android).
 */
export const SDK_PATHS: ReadonlyMap<string, string> = new Map([
  ...paths(
    'Firebase Authentication',
    '/accounts/mfaEnrollment:finalize',
    '/accounts/mfaEnrollment:start',
    '/accounts/mfaEnrollment:withdraw',
    '/accounts/mfaSignIn:finalize',
    '/accounts/mfaSignIn:start',
    '/accounts:revokeToken',
    '/createAuthUri',
    '/deleteAccount',
    '/emailLinkSignin',
    '/getAccountInfo',
    '/getOobConfirmationCode',
    '/getRecaptchaParam',
    '/resetPassword',
    '/sendVerificationCode',
    '/setAccountInfo',
    '/signupNewUser',
    '/verifyAssertion',
    '/verifyCustomToken',
    '/verifyPassword',
    '/verifyPhoneNumber',
  ),
  ...paths(
    'Facebook',
    '/oauth/access_token',
    '/me/accounts',
    '/me/permissions',
    '/device/login',
    '/device/login_status',
    'device/login',
    'device/login_status',
    '/dialog/oauth',
    '/{user-id}/accounts',
  ),
  ...paths(
    'CodePush',
    'v0.1/public/codepush/',
    '/v0.1/public/codepush/',
    'v0.1/public/codepush/update_check',
    '/v0.1/public/codepush/update_check',
  ),
  ...paths(
    'React Native',
    '/jsc-profile',
    '/message?device=%s&app=%s&clientid=%s',
    '/inspector/device?name=%s&app=%s&device=%s',
  ),
  ...paths(
    'Google Play services',
    '/o/oauth2/auth',
    '/o/oauth2/programmatic_auth',
    '/oauth2/v1/userinfo',
    '/v1/projects/{projectId}/installations',
    '/AddSession',
    '/ServiceLogin',
  ),
  ...paths(
    'AWS',
    '/oauth2/authorize',
    '/oauth2/token',
    '/oauth2/userInfo',
    '/2015-03-31/functions/{FunctionName}/invocations',
  ),
]);

/** SDKs of whose paths one alone tells: no app would name its own so. */
export const UNMISTAKABLE_PATHS: ReadonlySet<string> = new Set(['CodePush', 'React Native']);
