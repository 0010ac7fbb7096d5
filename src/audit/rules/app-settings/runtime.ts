/** Settings of frameworks that show the inside of the back end: debugging pages, actuators, consoles. */

import { isLoopbackName } from '../../connections.ts';
import type { AppSetting, AppSettingsDocument } from '../../formats/app-settings/read.ts';
import { defineRule, type Fix } from '../../model.ts';

function replaced(setting: AppSetting, text: string, title: string, blastRadius: string): Fix | null {
  if (!setting.exact || setting.fallback) return null;
  return { edits: [{ ...setting.span, text }], title, blastRadius, needsConfirmation: true };
}

/** Spring reads `a-b`, `aB` and `A_B` alike. */
function relaxed(pointer: string): string {
  return pointer.length > 300
    ? ''
    : pointer
        .toLowerCase()
        .replace(/[-_]/g, '')
        .replace(/^.*?\]\.?/, '');
}

function setting({ settings }: AppSettingsDocument, name: string): AppSetting | undefined {
  return settings.find(({ pointer }) => relaxed(pointer) === name || relaxed(pointer) === name.replaceAll('.', ''));
}

export const debugOn = defineRule<'app-settings'>({
  id: 'audit/settings-debug-on',
  topic: 'hardening',
  verified: {
    by: 'source',
    how: 'https://docs.djangoproject.com/en/5.2/ref/settings/#debug – never deploy with DEBUG on: error pages show settings and variables; https://laravel.com/docs/12.x/configuration#debug-mode – APP_DEBUG exposes configuration to users',
  },
  format: 'app-settings',
  title: 'Debugging pages are on',
  severity: 'medium',
  owner: 'developer',
  description:
    'On an error the back end answers with its source, its settings and the variables of the request – passwords of stores among them in some frameworks. A stranger only has to provoke one.',
  remediation:
    'Set it to false where users can reach the back end; read it from the environment with false as the fallback.',
  references: [
    'https://docs.djangoproject.com/en/5.2/ref/settings/#debug',
    'https://laravel.com/docs/12.x/configuration#debug-mode',
  ],
  cwe: ['CWE-489', 'CWE-209'],
  examples: {
    bad: [
      '=== .env.production\nAPP_ENV=production\nAPP_DEBUG=true\n',
      "=== shop/settings.py\nDEBUG = True\nSECRET_KEY = os.environ['SECRET_KEY']\nROOT_URLCONF = 'shop.urls'\n",
    ],
    good: [
      '=== .env\nAPP_ENV=local\nAPP_DEBUG=true\n',
      '=== .env.example\nAPP_DEBUG=true\n',
      '=== shop/settings/dev.py\nDEBUG = True\nDATABASES = {}\n',
      "=== shop/settings.py\nDEBUG = os.environ.get('DEBUG') == '1'\nROOT_URLCONF = 'shop.urls'\n",
    ],
  },
  *check({ source, document }) {
    if (document.sample || document.development) return;
    const environment = document.settings.find(({ name }) =>
      /^(?:APP_ENV|NODE_ENV|ENVIRONMENT|DJANGO_ENV|FLASK_ENV|RAILS_ENV)$/.test(name),
    );
    const production =
      /^prod/i.test(environment?.value ?? '') || /\bprod(?:uction)?\b/i.test(source.path.split('/').at(-1) ?? '');
    for (const one of document.settings) {
      const { name, value, pointer } = one;
      const isDjango = document.kind === 'python' && pointer === 'DEBUG' && value === 'True';
      const isEnvironment =
        document.kind === 'dotenv' &&
        /^(?:APP_|DJANGO_|FLASK_)?DEBUG$/.test(name) &&
        /^(?:true|1|on)$/i.test(value ?? '');
      // A plain `.env` is that of the developer's machine unless it says otherwise.
      if (!isDjango && !(isEnvironment && production)) continue;
      const off = isDjango ? 'False' : 'false';
      yield {
        pointer,
        span: one.span,
        actual: value ?? '',
        expected: off,
        message: `Errors show the inside of the back end to whoever provokes them${production ? ', in production' : ''}.`,
        severity: production ? 'high' : 'medium',
        confidence: production ? 'firm' : 'tentative',
        fix: replaced(
          one,
          off,
          'Switch debugging off',
          'Errors are no longer shown in the browser; they have to be looked up in the log. Django then also needs ALLOWED_HOSTS.',
        ),
      };
    }
  },
});

export const actuatorExposed = defineRule<'app-settings'>({
  id: 'audit/settings-actuator-exposed',
  topic: 'authorization',
  verified: {
    by: 'source',
    how: 'https://docs.spring.io/spring-boot/reference/actuator/endpoints.html#actuator.endpoints.exposing – over HTTP only health is exposed by default; `*` exposes env, heapdump and the others; heapdump holds the memory of the program',
  },
  format: 'app-settings',
  title: 'Actuator endpoints show the inside of the back end',
  severity: 'high',
  owner: 'developer',
  description:
    '`/actuator/heapdump` hands out the memory of the program, with the passwords of its stores and the data of its users; `/actuator/env` shows its settings. Unless something else asks for a login, a stranger downloads both.',
  remediation:
    'Expose `health` (and `prometheus` on a separate port) only, or put `management.server.address=127.0.0.1`; let Spring Security ask for a role on the rest.',
  references: ['https://docs.spring.io/spring-boot/reference/actuator/endpoints.html'],
  cwe: ['CWE-200', 'CWE-497'],
  examples: {
    bad: [
      '=== application.properties\nmanagement.endpoints.web.exposure.include=*\n',
      '=== application.yml\nmanagement:\n  endpoints:\n    web:\n      exposure:\n        include: "health,env,heapdump"\n',
    ],
    good: [
      '=== application.properties\nmanagement.endpoints.web.exposure.include=health,info,prometheus\n',
      '=== application.properties\nmanagement.endpoints.web.exposure.include=*\nmanagement.server.address=127.0.0.1\n',
      '=== application-dev.properties\nmanagement.endpoints.web.exposure.include=health\n',
    ],
  },
  *check({ document }) {
    const address = setting(document, 'management.server.address')?.value ?? null;
    if (document.sample || isLoopbackName(address)) return;
    for (const one of document.settings) {
      const name = relaxed(one.pointer);
      if (!/^management\.?endpoints\.?web\.?exposure\.?include(?:\[\d+\])?$/.test(name)) continue;
      const exposed = (one.value ?? '').split(',').map((part) => part.trim().toLowerCase());
      if (!exposed.some((part) => part === '*' || part === 'env' || part === 'heapdump' || part === 'configprops'))
        continue;
      yield {
        pointer: one.pointer,
        span: one.span,
        actual: exposed.includes('*') ? '*' : 'with endpoints that show memory or settings',
        expected: 'health',
        message: 'Actuator endpoints hand out settings or memory of the back end.',
        severity: document.development ? 'medium' : 'high',
        fix: replaced(
          one,
          'health',
          'Expose health only',
          'Monitoring that reads other endpoints (metrics, prometheus) no longer gets them: add those by name.',
        ),
      };
    }
  },
});

export const consoleOpen = defineRule<'app-settings'>({
  id: 'audit/settings-database-console-open',
  topic: 'authorization',
  verified: {
    by: 'source',
    how: 'https://docs.spring.io/spring-boot/reference/data/sql.html#data.sql.h2-web-console – the console is for development only; web-allow-others lets other machines in',
  },
  format: 'app-settings',
  title: 'The console of the database is open to other machines',
  severity: 'high',
  owner: 'developer',
  description: 'Whoever reaches `/h2-console` gets a page that runs SQL, and through it commands of the machine.',
  remediation: 'Remove both settings; they belong to a developer’s machine.',
  references: ['https://docs.spring.io/spring-boot/reference/data/sql.html#data.sql.h2-web-console'],
  cwe: ['CWE-489', 'CWE-306'],
  examples: {
    bad: [
      '=== application.properties\nspring.h2.console.enabled=true\nspring.h2.console.settings.web-allow-others=true\n',
    ],
    good: ['=== application.properties\nspring.h2.console.enabled=true\n'],
  },
  *check({ document }) {
    const enabled = setting(document, 'spring.h2.console.enabled');
    const others = setting(document, 'spring.h2.console.settings.weballowothers');
    if (document.sample || !others || others.value !== 'true' || enabled?.value !== 'true') return;
    yield {
      pointer: others.pointer,
      span: others.span,
      actual: 'true',
      expected: 'false',
      message: 'The H2 console lets other machines in.',
      severity: document.development ? 'medium' : 'high',
      fix: replaced(
        others,
        'false',
        'Keep the console to this machine',
        'The console can be opened on the machine itself only.',
      ),
    };
  },
});
