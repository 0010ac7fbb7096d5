/** Messages: MQTT brokers, push and realtime services, mail senders. */
import { UUID } from './patterns.ts';
import type { StoreFamily } from './store-family.ts';

export const messaging: StoreFamily = {
  name: 'messaging',
  kinds: {
    'hivemq-cloud': {
      holds: 'messages',
      reach: 'with the login of the package: every topic its role may read',
    },
    'emqx-cloud': {
      holds: 'messages',
      reach: 'with the login of the package: every topic its rules open',
    },
    cloudmqtt: {
      holds: 'messages',
      reach: 'with the login of the package: every topic or queue',
    },
    'public-mqtt': {
      holds: 'messages',
      reach: 'every message of everyone: the broker has no logins',
    },
    adafruit: {
      holds: 'messages',
      reach: 'with the key of the package: every feed of the account',
    },
    onesignal: {
      holds: 'messages',
      reach: 'a subscription under any external id, where identity verification is off',
    },
    pusher: {
      holds: 'messages',
      reach: 'with the key of the package: every message of public channels',
    },
    'pusher-beams': {
      holds: 'messages',
      reach: 'a device that subscribes to any public interest',
    },
    pubnub: {
      holds: 'messages',
      reach: 'with the subscribe key of the package: every channel, where access manager is off',
    },
    'fcm-sender': {
      holds: 'nothing',
      reach: 'nothing by itself; it names the project that sends',
    },
    mailgun: {
      holds: 'messages',
      reach: 'with the key of the package: mail in the name of the domain, and its logs',
    },
  },
  hosts: [
    {
      kind: 'hivemq-cloud',
      domains: ['hivemq.cloud'],
      host: /^([0-9a-f]{32})\.(?:[a-z0-9-]{2,20}\.){0,3}hivemq\.cloud$/,
      source: 'https://docs.hivemq.com/hivemq-cloud/',
      examples: {
        is: { 'mqtts://0123456789abcdef0123456789abcdef.s1.eu.hivemq.cloud:8883': '0123456789abcdef0123456789abcdef' },
        not: ['https://console.hivemq.cloud/'],
      },
    },
    {
      kind: 'emqx-cloud',
      domains: ['emqxsl.com', 'emqx.cloud', 'emqxcloud.com'],
      host: /^([a-z0-9]{6,12})(?:\.ala)?\.(?:[a-z0-9-]{2,20}\.)?(?:emqxsl\.com|emqx\.cloud|emqxcloud\.com)$/,
      source: 'https://docs.emqx.com/en/cloud/latest/',
      examples: {
        is: { 'mqtts://a1b2c3d4.ala.eu-central-1.emqxsl.com:8883': 'a1b2c3d4' },
        not: ['https://emqxsl.com/'],
      },
    },
    {
      kind: 'cloudmqtt',
      domains: ['cloudmqtt.com', 'cloudamqp.com'],
      host: /^([a-z0-9-]{3,40})\.(?:rmq\d?\.)?(?:cloudmqtt|cloudamqp)\.com$/,
      not: /^(?:www|docs|api|customer)$/,
      source: 'https://www.cloudamqp.com/docs/',
      examples: {
        is: { 'amqps://bluemarket.rmq.cloudamqp.com/abc': 'bluemarket' },
        not: ['https://www.cloudamqp.com/docs/'],
      },
    },
    {
      kind: 'public-mqtt',
      domains: [
        'broker.hivemq.com',
        'broker.emqx.io',
        'test.mosquitto.org',
        'mqtt.eclipseprojects.io',
        'iot.eclipse.org',
      ],
      host: /^(broker\.hivemq\.com|broker\.emqx\.io|test\.mosquitto\.org|mqtt\.eclipseprojects\.io|iot\.eclipse\.org)$/,
      source: 'https://www.hivemq.com/mqtt/public-mqtt-broker/',
      examples: { is: { 'tcp://broker.hivemq.com:1883': 'broker.hivemq.com' }, not: ['https://www.hivemq.com/'] },
    },
    {
      kind: 'adafruit',
      domains: ['io.adafruit.com'],
      host: /^io\.adafruit\.com$/,
      path: /^\/api\/v2\/([\w-]{2,40})\/feeds/,
      source: 'https://io.adafruit.com/api/docs/',
      examples: {
        is: { 'https://io.adafruit.com/api/v2/bluemarket/feeds/door': 'bluemarket' },
        not: ['https://io.adafruit.com/'],
      },
    },
    {
      kind: 'onesignal',
      domains: ['onesignal.com'],
      host: /^(?:api\.|www\.)?onesignal\.com$/,
      path: new RegExp(`^/(?:api/v1/|sdks/)?(?:apps|players|sync)/(${UUID})`),
      source: 'https://documentation.onesignal.com/reference',
      examples: {
        is: {
          'https://api.onesignal.com/apps/01234567-89ab-cdef-0123-456789abcdef/users':
            '01234567-89ab-cdef-0123-456789abcdef',
        },
        not: ['https://onesignal.com/'],
      },
    },
    {
      kind: 'pusher',
      domains: ['pusher.com', 'pusherapp.com'],
      host: /^ws(?:-[a-z0-9]{2,4})?\.pusher(?:app)?\.com$/,
      path: /^\/app\/([0-9a-f]{20})(?:\?|$)/,
      source: 'https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/',
      examples: {
        is: { 'wss://ws-eu.pusher.com:443/app/0123456789abcdef0123?protocol=7': '0123456789abcdef0123' },
        not: ['wss://ws-eu.pusher.com/'],
      },
    },
    {
      kind: 'pusher-beams',
      domains: ['pushnotifications.pusher.com'],
      host: new RegExp(`^(${UUID})\\.pushnotifications\\.pusher\\.com$`),
      source: 'https://pusher.com/docs/beams/',
      examples: {
        is: {
          'https://01234567-89ab-cdef-0123-456789abcdef.pushnotifications.pusher.com/':
            '01234567-89ab-cdef-0123-456789abcdef',
        },
        not: ['https://pusher.com/'],
      },
    },
    {
      kind: 'mailgun',
      domains: ['mailgun.net'],
      host: /^api(?:\.eu)?\.mailgun\.net$/,
      path: /^\/v\d\/([a-z0-9][a-z0-9-]{0,60}(?:\.[a-z0-9-]{1,60}){1,4})\/messages/,
      source: 'https://documentation.mailgun.com/docs/mailgun/api-reference/',
      examples: {
        is: { 'https://api.mailgun.net/v3/mg.bluemarket-shop.com/messages': 'mg.bluemarket-shop.com' },
        not: ['https://api.mailgun.net/v3/'],
      },
    },
  ],
  names: [
    {
      kind: 'onesignal',
      keys: [
        'onesignal_app_id',
        'oneSignalAppId',
        'ONESIGNAL_APP_ID',
        'onesignalAppId',
        'OneSignal_app_id',
        'OneSignalAppID',
        'oneSignalAppID',
        'ONE_SIGNAL_APP_ID',
      ],
      value: new RegExp(`^(${UUID})$`),
      source: 'https://documentation.onesignal.com/docs/keys-and-ids',
      examples: {
        is: { 'onesignal_app_id=01234567-89ab-cdef-0123-456789abcdef': '01234567-89ab-cdef-0123-456789abcdef' },
        not: ['onesignal_app_id=YOUR_APP_ID', 'onesignal_app_id=00000000'],
      },
    },
    {
      kind: 'pusher',
      keys: ['pusher_app_key', 'pusherAppKey', 'PUSHER_APP_KEY', 'pusher_key', 'PUSHER_KEY', 'pusherKey'],
      value: /^([0-9a-f]{20})$/,
      source: 'https://pusher.com/docs/channels/',
      examples: {
        is: { 'pusher_app_key=0123456789abcdef0123': '0123456789abcdef0123' },
        not: ['pusher_app_key=APP_KEY'],
      },
    },
    {
      kind: 'fcm-sender',
      keys: ['gcm_defaultSenderId', 'GCM_SENDER_ID', 'gcm_sender_id', 'messagingSenderId'],
      value: /^(\d{10,14})$/,
      source: 'https://firebase.google.com/docs/cloud-messaging/concept-options#credentials',
      examples: {
        is: { 'gcm_defaultSenderId=123456789012': '123456789012' },
        not: ['gcm_defaultSenderId=0', 'senderId=123456789012'],
      },
    },
    {
      kind: 'pubnub',
      keys: ['pubnub_subscribe_key', 'pubnubSubscribeKey', 'PUBNUB_SUBSCRIBE_KEY', 'subscribeKey', 'subscribe_key'],
      value: new RegExp(`^(sub-c-${UUID})$`),
      source: 'https://www.pubnub.com/docs/general/setup/account-setup',
      examples: {
        is: { 'subscribeKey=sub-c-01234567-89ab-cdef-0123-456789abcdef': 'sub-c-01234567-89ab-cdef-0123-456789abcdef' },
        not: ['subscribeKey=demo'],
      },
    },
  ],
};
