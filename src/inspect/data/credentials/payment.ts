import type { CredentialFamily } from './credential-rule.ts';
import { A35, B40, HEX32, UUID } from './example-values.ts';
import { isRandom } from './validate.ts';

const MONEY = { sensitivity: 'secret', severity: 'critical' } as const;
const SANDBOX = { sensitivity: 'secret', severity: 'medium' } as const;
const PUBLISHABLE = { sensitivity: 'public', severity: 'info' } as const;

export const payment: CredentialFamily = {
  name: 'payment',
  rules: [
    {
      provider: 'stripe',
      kind: 'secret-key',
      ...MONEY,
      grants: 'the whole Stripe account: customers, charges, refunds',
      keywords: ['k_live_', 'k_test_'],
      pattern: /(?<![\w-])([sr]k_(?:live|test)_[A-Za-z0-9]{20,110})(?![\w-])/g,
      variants: {
        test: { kind: 'test-secret-key', ...SANDBOX, grants: 'the test mode of the Stripe account: no money' },
        restricted: {
          kind: 'restricted-key',
          sensitivity: 'secret',
          severity: 'high',
          grants: 'the parts of the Stripe account that it was given',
        },
        paystack: {
          provider: 'paystack',
          kind: 'secret-key',
          ...MONEY,
          grants: 'the whole Paystack account: customers, charges, transfers',
        },
        paystackTest: {
          provider: 'paystack',
          kind: 'test-secret-key',
          ...SANDBOX,
          grants: 'the test mode of the Paystack account',
        },
      },
      judge: (value) => {
        const [, mode, body = ''] = /_(live|test)_(.{1,110})$/.exec(value) ?? [];
        // the key of every sample in Stripe's documentation
        if (!isRandom(body) || body === '4eC39HqLyjWDarjtT1zdp7dc' || body === 'BQokikJOvBiI2HlWgH4olfQ2') return null;
        if (value.startsWith('sk_') && /^[0-9a-f]{40}$/.test(body))
          return { as: mode === 'test' ? 'paystackTest' : 'paystack' };
        return {
          validated: 'structure',
          ...(mode === 'test' ? { as: 'test' } : value.startsWith('rk_') ? { as: 'restricted' } : {}),
        };
      },
      source: 'https://docs.stripe.com/keys',
      examples: {
        bad: [
          `sk_live_${A35.slice(0, 24)}`,
          `rk_live_${A35.slice(0, 24)}`,
          `sk_test_${A35.slice(0, 24)}`,
          `sk_live_${HEX32}0a1b2c3d`,
        ],
        good: [
          'sk_live_',
          'sk_test_your_key_here',
          `sk_test_${'4eC39HqLyjWDarjtT1zdp7dc'}`,
          `sk_live_${'x'.repeat(24)}`,
        ],
      },
    },
    {
      provider: 'stripe',
      kind: 'publishable-key',
      ...PUBLISHABLE,
      grants: 'makes payment tokens; reads nothing',
      keywords: ['pk_live_', 'pk_test_'],
      pattern: /(?<![\w-])(pk_(?:live|test)_[A-Za-z0-9]{20,110})(?![\w-])/g,
      judge: (value) =>
        isRandom(value.slice(8)) && !value.endsWith('TYooMQauvdEDq54NiTphI7jx') ? { validated: 'structure' } : null,
      source: 'https://docs.stripe.com/keys',
      examples: { bad: [`pk_live_${A35.slice(0, 24)}`], good: ['pk_live_', `pk_test_${'TYooMQauvdEDq54NiTphI7jx'}`] },
    },
    {
      provider: 'stripe',
      kind: 'webhook-secret',
      sensitivity: 'secret',
      severity: 'medium',
      grants: 'signs events that the server takes for Stripe’s',
      keywords: ['whsec_'],
      pattern: /(?<![\w-])(whsec_[A-Za-z0-9+/]{24,64})(?![\w+/-])/g,
      judge: (value) => (isRandom(value.slice(6), 3.5) ? {} : null),
      source: 'https://docs.stripe.com/webhooks/signature',
      examples: { bad: [`whsec_${A35.slice(0, 32)}`], good: ['whsec_', `whsec_${'x'.repeat(32)}`] },
    },
    {
      provider: 'square',
      kind: 'access-token',
      ...MONEY,
      grants: 'the Square account: customers, orders, payments',
      keywords: ['sq0atp-', 'sq0csp-', 'EAAA'],
      pattern: /(?<![\w-])(sq0(?:atp-[\w-]{22}|csp-[\w-]{43})|EAAA[\w-]{60})(?![\w-])/g,
      judge: (value) => (isRandom(value, value.startsWith('EAAA') ? 4.5 : 3.5) ? {} : null),
      source: 'https://developer.squareup.com/docs/build-basics/access-tokens',
      examples: {
        bad: [`sq0atp-${A35.slice(0, 22)}`],
        good: ['sq0atp-', `EAAA${'AAAAAAAAEAAAAAAAIAAAAA'.repeat(3).slice(0, 60)}`],
      },
    },
    {
      provider: 'braintree',
      kind: 'tokenization-key',
      ...PUBLISHABLE,
      grants: 'makes payment tokens; reads nothing',
      keywords: ['production_', 'sandbox_'],
      pattern: /(?<![\w-])((?:production|sandbox)_[a-z0-9]{8}_[a-z0-9]{16})(?![\w-])/g,
      judge: (value) => (isRandom(value.slice(-16)) && /\d/.test(value.slice(-16)) ? { validated: 'structure' } : null),
      source: 'https://developer.paypal.com/braintree/docs/guides/authorization/tokenization-key',
      examples: {
        bad: ['production_a1b2c3d4_e5f6g7h8j9k1m2n3'],
        good: ['production_bundled_javascriptassets', 'sandbox_'],
      },
    },
    {
      provider: 'braintree',
      kind: 'access-token',
      ...MONEY,
      grants: 'payments and customers of the merchant',
      keywords: ['access_token$'],
      pattern: /(?<![\w-])(access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32})(?![\w-])/g,
      variants: { sandbox: { kind: 'sandbox-access-token', ...SANDBOX, grants: 'the sandbox of the merchant' } },
      judge: (value) => ({ validated: 'structure', ...(value.includes('$sandbox$') ? { as: 'sandbox' } : {}) }),
      source: 'https://developer.paypal.com/braintree/docs/reference/overview',
      examples: { bad: [`access_token$production$a1b2c3d4e5f6g7h8$${HEX32}`], good: ['access_token$production$'] },
    },
    {
      provider: 'razorpay',
      kind: 'key-id',
      ...PUBLISHABLE,
      grants: 'opens the checkout; with its secret, the whole account',
      keywords: ['rzp_live_', 'rzp_test_'],
      pattern: /(?<![\w-])(rzp_(?:live|test)_[A-Za-z0-9]{14})(?![\w-])/g,
      source: 'https://razorpay.com/docs/api/authentication/',
      examples: { bad: ['rzp_live_aB3dE5gH7jK9mN'], good: ['rzp_live_'] },
    },
    {
      provider: 'flutterwave',
      kind: 'secret-key',
      ...MONEY,
      grants: 'the whole Flutterwave account: charges and transfers',
      keywords: ['FLWSECK'],
      pattern: /(?<![\w-])(FLWSECK(?:_TEST)?-[0-9a-zA-Z]{32}-X)(?![\w-])/g,
      variants: { test: { kind: 'test-secret-key', ...SANDBOX, grants: 'the test mode of the Flutterwave account' } },
      judge: (value) =>
        isRandom(value.slice(-34))
          ? { validated: 'structure', ...(value.includes('_TEST') ? { as: 'test' } : {}) }
          : null,
      source: 'https://developer.flutterwave.com/docs/authentication',
      examples: {
        bad: [`FLWSECK-${HEX32}-X`, `FLWSECK_TEST-${HEX32}-X`],
        good: ['FLWSECK-', 'FLWSECK_TEST-SANDBOXDEMOKEY-X'],
      },
    },
    {
      provider: 'plaid',
      kind: 'access-token',
      ...MONEY,
      grants: 'the bank data of one user',
      keywords: ['access-production-', 'access-development-', 'access-sandbox-'],
      pattern:
        /(?<![\w-])(access-(?:production|development|sandbox)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![\w-])/g,
      source: 'https://plaid.com/docs/api/tokens/',
      examples: { bad: [`access-production-${UUID}`], good: ['access-production-'] },
    },
    {
      provider: 'shopify',
      kind: 'access-token',
      ...MONEY,
      grants: 'orders and customers of the shop, as far as its scopes go',
      keywords: ['shpat_', 'shpss_', 'shppa_', 'shpca_'],
      pattern: /(?<![\w-])(shp(?:at|ss|pa|ca)_[0-9a-fA-F]{32})(?![\w-])/g,
      judge: (value) => (isRandom(value.slice(6)) ? { validated: 'structure' } : null),
      source: 'https://shopify.dev/docs/apps/build/authentication-authorization',
      examples: { bad: [`shpat_${HEX32}`], good: ['shpat_', `shpat_${'0'.repeat(32)}`] },
    },
    {
      provider: 'revenuecat',
      kind: 'public-key',
      ...PUBLISHABLE,
      grants: 'reads and records purchases of one app user id at a time',
      keywords: ['appl_', 'goog_', 'amzn_'],
      pattern: /(?<![\w-])((?:appl|goog|amzn)_[A-Za-z]{26,32})(?![\w-])/g,
      judge: (value) =>
        isRandom(value, 3.5) && /[a-z]/.test(value.slice(5)) && /[A-Z].{0,20}[a-z].{0,20}[A-Z]/.test(value.slice(5))
          ? { validated: 'structure' }
          : null,
      source: 'https://www.revenuecat.com/docs/projects/authentication',
      examples: {
        bad: ['goog_aBcDeFgHiJkLmNoPqRsTuVwXyZ'.replace('JkLmNo', 'ZxQwEr')],
        good: ['goog_', 'appl_icationwithaverylongnamehere'],
      },
    },
  ],
  named: [
    {
      provider: 'paypal',
      kind: 'client-secret',
      ...MONEY,
      grants: 'payments and payouts of the PayPal business account',
      name: /^.{0,20}paypal.{0,20}secret.{0,10}$/,
      value: /^[\w-]{60,90}$/,
      judge: (value) => (isRandom(value, 4) ? {} : null),
      source: 'https://developer.paypal.com/api/rest/authentication/',
      examples: {
        bad: [`paypal_client_secret=E${B40}${B40.slice(0, 39)}`],
        good: ['paypal_secret=none', `paypal_client_id=A${B40}${B40.slice(0, 39)}`],
      },
    },
    {
      provider: 'paypal',
      kind: 'client-id',
      ...PUBLISHABLE,
      grants: 'opens the checkout of the business; reads nothing',
      name: /^.{0,20}paypal.{0,20}clientid.{0,12}$/,
      value: /^A[\w-]{59,89}$/,
      judge: (value) => (isRandom(value, 4) ? {} : null),
      source: 'https://developer.paypal.com/api/rest/authentication/',
      examples: { bad: [`paypal_client_id=A${B40}${B40.slice(0, 39)}`], good: ['paypal_client_id=sandbox'] },
    },
    {
      provider: 'razorpay',
      kind: 'key-secret',
      ...MONEY,
      grants: 'with its key id: the whole account – payments, refunds, customers',
      name: /^.{0,12}(?:razorpay|rzp).{0,12}secret.{0,8}$/,
      value: /^[A-Za-z0-9]{24}$/,
      judge: (value) => (isRandom(value, 3.5) ? {} : null),
      source: 'https://razorpay.com/docs/api/authentication/',
      examples: { bad: [`razorpay_key_secret=${B40.slice(0, 24)}`], good: ['razorpay_secret=changeme'] },
    },
    {
      provider: 'braintree',
      kind: 'private-key',
      ...MONEY,
      grants: 'with merchant id and public key: payments and customers of the merchant',
      name: /^.{0,12}braintree.{0,12}privatekey.{0,8}$/,
      value: /^[0-9a-f]{32}$/,
      judge: (value) => (isRandom(value) ? {} : null),
      source: 'https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials',
      examples: { bad: [`braintree_private_key=${HEX32}`], good: ['braintree_private_key=none'] },
    },
  ],
};
