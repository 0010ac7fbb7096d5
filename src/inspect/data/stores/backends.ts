/** Back ends as a service: Parse, Appwrite, PocketBase, Backendless, Hasura, Kinvey. */
import type { StoreFamily } from './store-family.ts';

const PARSE_CLASSES =
  'with the application id and client key of the package: every class without class-level permissions';

export const backends: StoreFamily = {
  name: 'backends',
  kinds: {
    parse: { holds: 'records', reach: PARSE_CLASSES },
    'parse-app': {
      holds: 'nothing',
      reach: 'nothing by itself; the id that the Parse Server asks for',
    },
    appwrite: {
      holds: 'records',
      reach: 'collections and buckets that the role `any` may read, and an account where everyone may sign up',
    },
    pocketbase: { holds: 'records', reach: 'every collection whose list rule is empty' },
    backendless: {
      holds: 'records',
      reach: 'every table that the role `NotAuthenticatedUser` may find in',
    },
    hasura: {
      holds: 'records',
      reach: 'what the unauthorized role may read; everything where no admin secret is set',
    },
    kinvey: {
      holds: 'records',
      reach: 'with the app secret of the package: collections that every user may read',
    },
    convex: { holds: 'records', reach: 'every public query and mutation' },
    xano: { holds: 'records', reach: 'every API endpoint without authentication' },
    bubble: {
      holds: 'records',
      reach: 'every type of thing that its Data API and privacy rules open',
    },
    heroku: { holds: 'code', reach: 'whatever the app answers without a login' },
  },
  hosts: [
    {
      kind: 'parse',
      domains: ['parse.com', 'parseapp.com'],
      host: /^(api)\.parse\.com$|^([a-z0-9-]{3,60})\.parseapp\.com$/,
      source: 'https://docs.parseplatform.org/rest/guide/',
      examples: { is: { 'https://api.parse.com/1/classes': 'api' }, not: ['https://www.parse.com/'] },
    },
    {
      kind: 'parse',
      domains: ['back4app.com', 'b4a.io', 'b4a.app', 'back4app.io'],
      host: /^(?:(parseapi)\.back4app\.com|([a-z0-9-]{2,60})\.(?:b4a\.io|b4a\.app|back4app\.io))$/,
      source: 'https://www.back4app.com/docs/',
      examples: {
        is: { 'https://parseapi.back4app.com/classes/Order': 'parseapi', 'https://bluemarket.b4a.io/': 'bluemarket' },
        not: ['https://www.back4app.com/docs/'],
      },
    },
    {
      // a server of one's own: its mount path and the routes below it
      kind: 'parse',
      domains: [],
      host: /^([a-z0-9][a-z0-9.-]{2,250})$/,
      path: /^\/(?:[\w-]{1,30}\/)?parse\/(?:\d\/)?(?:classes|functions|users|login|files|sessions|installations|roles|config|serverInfo|health|requestPasswordReset)(?:\/|\?|$)/,
      source: 'https://docs.parseplatform.org/parse-server/guide/',
      examples: {
        is: { 'https://api.bluemarket-shop.com/parse/classes/Order': 'api.bluemarket-shop.com' },
        not: ['https://docs.bluemarket-shop.com/parse/', 'https://api.bluemarket-shop.com/parser/users'],
      },
    },
    {
      kind: 'appwrite',
      domains: ['appwrite.io'],
      host: /^((?:[a-z]{2,6}\.)?cloud)\.appwrite\.io$/,
      source: 'https://appwrite.io/docs',
      examples: {
        is: { 'https://cloud.appwrite.io/v1': 'cloud', 'https://fra.cloud.appwrite.io/v1/databases': 'fra.cloud' },
        not: ['https://appwrite.io/docs'],
      },
    },
    {
      kind: 'appwrite',
      domains: ['appwrite.global', 'appwrite.run', 'appwrite.network'],
      host: /^([0-9a-f]{20}|[a-z0-9-]{4,60})\.(?:[a-z]{3}\.)?appwrite\.(?:global|run|network)$/,
      source: 'https://appwrite.io/docs/products/functions/domains',
      examples: {
        is: { 'https://0123456789abcdef0123.fra.appwrite.run/': '0123456789abcdef0123' },
        not: ['https://appwrite.global/'],
      },
    },
    {
      kind: 'pocketbase',
      domains: ['pockethost.io'],
      host: /^([a-z0-9-]{2,60})\.pockethost\.io$/,
      not: /^(?:www|app|docs)$/,
      source: 'https://pockethost.io/docs',
      examples: {
        is: { 'https://bluemarket.pockethost.io/api/health': 'bluemarket' },
        not: ['https://www.pockethost.io/'],
      },
    },
    {
      kind: 'pocketbase',
      domains: [],
      host: /^([a-z0-9][a-z0-9.-]{2,250})$/,
      path: /^\/api\/collections\/[\w-]{1,60}\/(?:records|auth-with-password|auth-methods|auth-refresh|request-verification)/,
      source: 'https://pocketbase.io/docs/api-records/',
      examples: {
        is: { 'https://db.bluemarket-shop.com/api/collections/orders/records': 'db.bluemarket-shop.com' },
        not: [
          'https://db.bluemarket-shop.com/api/collections',
          'https://shop.bluemarket-shop.com/collections/all/records',
        ],
      },
    },
    {
      kind: 'backendless',
      domains: ['backendless.app', 'backendless.com'],
      host: /^(?:([a-z0-9-]{2,60})\.backendless\.app|(?:[a-z]{2}-)?(api)\.backendless\.com)$/,
      path: /^\/?(?:([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})\/)?/i,
      source: 'https://backendless.com/docs/rest/',
      examples: {
        is: {
          'https://bluemarket.backendless.app/api/data/Orders': 'bluemarket',
          'https://eu-api.backendless.com/01234567-89AB-CDEF-0123-456789ABCDEF/x/data':
            '01234567-89AB-CDEF-0123-456789ABCDEF',
        },
        not: ['https://backendless.com/docs/'],
      },
    },
    {
      kind: 'hasura',
      domains: ['hasura.app'],
      host: /^([a-z0-9-]{3,63})(?:\.ddn)?\.hasura\.app$/,
      source: 'https://hasura.io/docs/',
      examples: {
        is: { 'https://bluemarket.hasura.app/v1/graphql': 'bluemarket' },
        not: ['https://hasura.app/', 'https://hasura.io/docs/'],
      },
    },
    {
      kind: 'hasura',
      domains: [],
      host: /^([a-z0-9][a-z0-9.-]{2,250})$/,
      path: /^\/(?:[\w-]{1,30}\/)?v1(?:alpha1|beta1)?\/graphql$/,
      source: 'https://hasura.io/docs/2.0/api-reference/overview/',
      examples: {
        is: { 'https://data.bluemarket-shop.com/v1/graphql': 'data.bluemarket-shop.com' },
        not: ['https://data.bluemarket-shop.com/graphql', 'https://data.bluemarket-shop.com/v1/graphql-docs'],
      },
    },
    {
      kind: 'kinvey',
      domains: ['kinvey.com'],
      host: /^(?:[a-z0-9-]{2,30}-)?(baas)\.kinvey\.com$/,
      path: /^\/(?:appdata|user|blob|rpc)\/(kid_[\w-]{5,20})/,
      source: 'https://devcenter.kinvey.com/rest/',
      examples: {
        is: { 'https://baas.kinvey.com/appdata/kid_aBcDeFgHi/orders': 'kid_aBcDeFgHi' },
        not: ['https://baas.kinvey.com/'],
      },
    },
    {
      kind: 'convex',
      domains: ['convex.cloud', 'convex.site'],
      host: /^([a-z]{3,20}-[a-z]{3,20}-\d{1,4})\.convex\.(?:cloud|site)$/,
      source: 'https://docs.convex.dev/client/react/deployment-urls',
      examples: {
        is: { 'https://happy-animal-123.convex.cloud': 'happy-animal-123' },
        not: ['https://docs.convex.cloud/'],
      },
    },
    {
      kind: 'xano',
      domains: ['xano.io'],
      host: /^([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})\.[a-z0-9]{2,6}\.xano\.io$/,
      source: 'https://docs.xano.com/',
      examples: {
        is: { 'https://x8ki-letl-twmt.n7.xano.io/api:abcdefgh/orders': 'x8ki-letl-twmt' },
        not: ['https://www.xano.io/'],
      },
    },
    {
      kind: 'bubble',
      domains: ['bubbleapps.io'],
      host: /^([a-z0-9-]{3,60})\.bubbleapps\.io$/,
      source: 'https://manual.bubble.io/core-resources/api/the-bubble-api',
      examples: {
        is: { 'https://bluemarket.bubbleapps.io/api/1.1/obj/order': 'bluemarket' },
        not: ['https://bubbleapps.io/'],
      },
    },
    {
      kind: 'heroku',
      domains: ['herokuapp.com'],
      host: /^([a-z][a-z0-9-]{2,60})\.herokuapp\.com$/,
      source: 'https://devcenter.heroku.com/articles/custom-domains',
      examples: {
        is: { 'https://bluemarket-api.herokuapp.com/orders': 'bluemarket-api' },
        not: ['https://herokuapp.com/'],
      },
    },
  ],
  names: [
    {
      kind: 'parse-app',
      keys: [
        'parse_app_id',
        'parse_application_id',
        'parseAppId',
        'PARSE_APP_ID',
        'PARSE_APPLICATION_ID',
        'com.parse.APPLICATION_ID',
        'back4app_app_id',
        'ParseApplicationId',
      ],
      value: /^([A-Za-z0-9]{16,40})$/,
      source: 'https://docs.parseplatform.org/android/guide/#getting-started',
      examples: {
        is: { 'parse_app_id=aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n': 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n' },
        not: ['parse_app_id=YOUR_APP_ID', 'parse_app_id='],
      },
    },
  ],
};
