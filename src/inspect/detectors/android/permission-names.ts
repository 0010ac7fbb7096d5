/**
 * Permissions of the platform by what they open (frameworks/base/core/res/AndroidManifest.xml: protectionLevel
 * `dangerous`; and those that are granted otherwise, in a system screen, and reach furthest).
 */

/** What a permission lets an app have of a person, for people. */
export const PERSONAL_PERMISSIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    READ_CONTACTS: 'contacts',
    WRITE_CONTACTS: 'contacts',
    GET_ACCOUNTS: 'accounts',
    READ_PROFILE: 'the profile of the owner',
    READ_CALENDAR: 'the calendar',
    WRITE_CALENDAR: 'the calendar',
    READ_CALL_LOG: 'the call log',
    WRITE_CALL_LOG: 'the call log',
    PROCESS_OUTGOING_CALLS: 'calls',
    READ_PHONE_STATE: 'the identity of the phone',
    READ_PHONE_NUMBERS: 'phone numbers',
    CALL_PHONE: 'calls',
    ANSWER_PHONE_CALLS: 'calls',
    READ_SMS: 'text messages',
    RECEIVE_SMS: 'text messages',
    RECEIVE_MMS: 'text messages',
    RECEIVE_WAP_PUSH: 'text messages',
    SEND_SMS: 'text messages',
    ACCESS_FINE_LOCATION: 'the exact location',
    ACCESS_COARSE_LOCATION: 'the approximate location',
    ACCESS_BACKGROUND_LOCATION: 'the location at all times',
    ACCESS_MEDIA_LOCATION: 'places in photographs',
    CAMERA: 'the camera',
    RECORD_AUDIO: 'the microphone',
    BODY_SENSORS: 'body sensors',
    BODY_SENSORS_BACKGROUND: 'body sensors',
    ACTIVITY_RECOGNITION: 'physical activity',
    READ_EXTERNAL_STORAGE: 'files and media',
    WRITE_EXTERNAL_STORAGE: 'files and media',
    READ_MEDIA_IMAGES: 'photographs',
    READ_MEDIA_VIDEO: 'films',
    READ_MEDIA_AUDIO: 'music and recordings',
    READ_MEDIA_VISUAL_USER_SELECTED: 'photographs',
    BLUETOOTH_SCAN: 'devices nearby',
    BLUETOOTH_CONNECT: 'devices nearby',
    BLUETOOTH_ADVERTISE: 'devices nearby',
    NEARBY_WIFI_DEVICES: 'devices nearby',
    UWB_RANGING: 'devices nearby',
  }).map(([name, data]) => [`android.permission.${name}`, data]),
);

/** Of these a person would say that they are about themselves; the camera and devices nearby are tools. */
export const SENSITIVE_DATA = new Set([
  'contacts',
  'accounts',
  'the profile of the owner',
  'the calendar',
  'the call log',
  'phone numbers',
  'text messages',
  'the exact location',
  'the location at all times',
  'the microphone',
  'body sensors',
]);

/** What reaches beyond the app itself. */
export const POWERFUL_PERMISSIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    QUERY_ALL_PACKAGES: 'list every installed app',
    REQUEST_INSTALL_PACKAGES: 'install other apps',
    REQUEST_DELETE_PACKAGES: 'remove other apps',
    SYSTEM_ALERT_WINDOW: 'draw over other apps',
    MANAGE_EXTERNAL_STORAGE: 'read and write all shared files',
    MANAGE_MEDIA: 'change all media without asking',
    WRITE_SETTINGS: 'change system settings',
    PACKAGE_USAGE_STATS: 'see which apps are used, and when',
    READ_LOGS: 'read the log of other apps',
    MOUNT_UNMOUNT_FILESYSTEMS: 'mount file systems',
    INSTALL_PACKAGES: 'install other apps unasked',
    DUMP: 'dump the state of the system',
  }).map(([name, power]) => [`android.permission.${name}`, power]),
);

/** Granted to every app that asks, on installation: they guard nothing. Those that are seen on components. */
const NORMAL = new Set(
  (
    'INTERNET ACCESS_NETWORK_STATE ACCESS_WIFI_STATE CHANGE_WIFI_STATE CHANGE_NETWORK_STATE WAKE_LOCK VIBRATE BLUETOOTH ' +
    'BLUETOOTH_ADMIN NFC RECEIVE_BOOT_COMPLETED FOREGROUND_SERVICE SET_WALLPAPER GET_TASKS USE_FINGERPRINT USE_BIOMETRIC ' +
    'BROADCAST_STICKY MODIFY_AUDIO_SETTINGS READ_SYNC_SETTINGS WRITE_SYNC_SETTINGS EXPAND_STATUS_BAR REORDER_TASKS SET_ALARM'
  ).split(' '),
);

export type Protection = 'normal' | 'dangerous';

/** A permission of the platform that any app gets, or gets when the user nods; undefined for all others. */
export function platformProtection(permission: string): Protection | undefined {
  if (PERSONAL_PERMISSIONS.has(permission)) return 'dangerous';
  const name = permission.replace(/^android\.permission\./, '');
  return name !== permission && NORMAL.has(name) ? 'normal' : undefined;
}
