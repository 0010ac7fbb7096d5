/** Keys of services that run models. */

import type { CredentialFamily } from './credential-rule.ts';
import { A35, B40, HEX32 } from './example-values.ts';
import { isRandom } from './validate.ts';

const BILL = {
  sensitivity: 'secret',
  severity: 'critical',
  grants: 'calls of models on the account’s bill, and its stored files',
} as const;

export const models: CredentialFamily = {
  name: 'models',
  rules: [
    {
      provider: 'openai',
      kind: 'api-key',
      ...BILL,
      keywords: ['sk-'],
      prefilter: 'sk-[A-Za-z0-9-]{16}',
      pattern: /(?<![\w-])(sk-(?:(?:proj|svcacct|admin)-[\w-]{40,180}|[A-Za-z0-9]{48}))(?![\w-])/g,
      // the middle of every key is the base64 of “OpenAI”
      judge: (value) =>
        !isRandom(value, 4) || /-xx|sk-proj-[a-z-]{40}/.test(value)
          ? null
          : value.includes('T3BlbkFJ')
            ? { validated: 'structure' }
            : {},
      source: 'https://platform.openai.com/docs/api-reference/authentication',
      examples: {
        bad: [`sk-${B40}aB3dE5gH`, `sk-${A35.slice(0, 20)}T3BlbkFJ${B40.slice(0, 20)}`],
        good: ['task-list-of-many-words-and-more-words-and-others-here', 'sk-button', `sk-${'x'.repeat(48)}`],
      },
    },
    {
      provider: 'anthropic',
      kind: 'api-key',
      ...BILL,
      keywords: ['sk-ant-'],
      pattern: /(?<![\w-])(sk-ant-(?:api|admin|oat)\d{2}-[\w-]{80,120})(?![\w-])/g,
      judge: (value) => (isRandom(value, 4) ? (value.endsWith('AA') ? { validated: 'structure' } : {}) : null),
      source: 'https://docs.anthropic.com/en/api/getting-started',
      examples: { bad: [`sk-ant-api03-${B40}${B40}abcde12345`], good: ['sk-ant-', `sk-ant-api03-${'x'.repeat(93)}AA`] },
    },
    {
      provider: 'openrouter',
      kind: 'api-key',
      ...BILL,
      keywords: ['sk-or-v1-'],
      pattern: /(?<![\w-])(sk-or-v1-[0-9a-f]{64})(?![\w-])/g,
      judge: (value) => (isRandom(value.slice(9)) ? { validated: 'structure' } : null),
      source: 'https://openrouter.ai/docs/api-reference/authentication',
      examples: { bad: [`sk-or-v1-${HEX32}${HEX32}`], good: ['sk-or-v1-'] },
    },
    {
      provider: 'huggingface',
      kind: 'token',
      ...BILL,
      keywords: ['hf_'],
      pattern: /(?<![\w-])(hf_[A-Za-z]{34})(?![\w-])/g,
      judge: (value) =>
        isRandom(value.slice(3), 3.8) && /[A-Z].{0,33}[a-z].{0,33}[A-Z]/.test(value)
          ? { validated: 'structure' }
          : null,
      source: 'https://huggingface.co/docs/hub/security-tokens',
      examples: { bad: ['hf_aBcDeFgHiZxQwErTyUpSvMnKjLoPqRtYuI'], good: ['hf_', `hf_${'a'.repeat(34)}`] },
    },
    {
      provider: 'groq',
      kind: 'api-key',
      ...BILL,
      keywords: ['gsk_'],
      pattern: /(?<![\w-])(gsk_[A-Za-z0-9]{52})(?![\w-])/g,
      judge: (value) => (isRandom(value, 4) ? { validated: 'structure' } : null),
      source: 'https://console.groq.com/docs/quickstart',
      examples: { bad: [`gsk_${B40}aB3dE5gH7jK9`], good: ['gsk_'] },
    },
    {
      provider: 'replicate',
      kind: 'api-token',
      ...BILL,
      keywords: ['r8_'],
      pattern: /(?<![\w-])(r8_[A-Za-z0-9]{37})(?![\w-])/g,
      judge: (value) => (isRandom(value, 4) ? { validated: 'structure' } : null),
      source: 'https://replicate.com/docs/reference/http',
      examples: { bad: [`r8_${B40.slice(0, 37)}`], good: ['r8_'] },
    },
    {
      provider: 'perplexity',
      kind: 'api-key',
      ...BILL,
      keywords: ['pplx-'],
      pattern: /(?<![\w-])(pplx-[A-Za-z0-9]{48})(?![\w-])/g,
      judge: (value) => (isRandom(value, 4) ? { validated: 'structure' } : null),
      source: 'https://docs.perplexity.ai/',
      examples: { bad: [`pplx-${B40}aB3dE5gH`], good: ['pplx-'] },
    },
  ],
};
