/** Administration pages that let everybody in: with a login of their own that is off, known, or given away. */
import { isSet, variableOf } from '../../containers/authentication.ts';
import { exposureOf, reachedFrom, severityOf } from '../../containers/exposure.ts';
import type { EnvironmentVariable } from '../../containers/model.ts';
import type { ComposeService } from '../../formats/compose/read.ts';
import { defineRule } from '../../model.ts';

interface Open {
  variable: EnvironmentVariable | null;
  actual: string;
  expected: string;
  because: string;
}

function opened(service: ComposeService): Open | null {
  const value = (name: string): string | null => variableOf(service, name)?.value ?? null;
  switch (service.image?.adminUi) {
    case 'phpMyAdmin': {
      const variable = variableOf(service, 'PMA_PASSWORD', 'PMA_PASSWORD_FILE');
      if (!variable || variable.value === '' || !isSet(service, ['PMA_USER', 'PMA_USER_FILE'])) return null;
      const because = 'phpMyAdmin logs every visitor in with the account that it was given';
      return { variable, actual: 'a stored login', expected: 'not set: each visitor logs in', because };
    }
    case 'pgAdmin': {
      const variable = variableOf(service, 'PGADMIN_CONFIG_SERVER_MODE');
      if (!variable?.value || !/^false$/i.test(variable.value)) return null;
      const because = 'pgAdmin in desktop mode asks for no login';
      return { variable, actual: 'False', expected: 'True', because };
    }
    case 'Redis Commander': {
      if (!service.environmentComplete || isSet(service, ['HTTP_USER', 'HTTP_PASSWORD', 'HTTP_PASSWORD_FILE']))
        return null;
      const because = 'Redis Commander asks for no login';
      return { variable: null, actual: 'not set', expected: 'HTTP_USER and HTTP_PASSWORD', because };
    }
    case 'pgweb': {
      const stored = variableOf(service, 'PGWEB_DATABASE_URL', 'DATABASE_URL');
      if (!stored || !service.environmentComplete || isSet(service, ['PGWEB_AUTH_USER', 'AUTH_USER'])) return null;
      if ((service.command?.words ?? []).some((word) => word.startsWith('--auth-user'))) return null;
      const because = 'pgweb shows the database to every visitor';
      return { variable: stored, actual: 'a stored login', expected: 'PGWEB_AUTH_USER and PGWEB_AUTH_PASS', because };
    }
    case 'mongo-express': {
      if (value('ME_CONFIG_BASICAUTH') === 'false' || value('ME_CONFIG_BASICAUTH_ENABLED') === 'false') return null;
      const own = ['ME_CONFIG_BASICAUTH_USERNAME', 'ME_CONFIG_BASICAUTH_PASSWORD', 'ME_CONFIG_BASICAUTH_PASSWORD_FILE'];
      // Another way to log in, since 1.1.
      if (value('ME_CONFIG_OIDCAUTH_ENABLED')?.toLowerCase() === 'true') return null;
      if (!service.environmentComplete || isSet(service, own)) return null;
      const because = 'mongo-express has its published login, `admin` with `pass`';
      return { variable: null, actual: 'not set; the published default', expected: 'a login of your own', because };
    }
    default:
      return null;
  }
}

export const adminPageOpen = defineRule<'docker-compose'>({
  id: 'audit/compose-admin-page-without-login',
  topic: 'authentication',
  verified: {
    by: 'source',
    how: 'https://github.com/phpmyadmin/docker#environment-variables – PMA_USER and PMA_PASSWORD are for auth_type config, which logs in by itself; https://www.pgadmin.org/docs/pgadmin4/latest/server_deployment.html – SERVER_MODE=False turns the login off; config.default.js of mongo-express 0.54 to 1.0.2 – admin and pass are the defaults, and the official image of 1.0 sets ME_CONFIG_BASICAUTH=true (the image of 1.1 sets nothing and asks for no login at all); docs/configuration.md of redis-commander – HTTP_USER is empty by default, and without it there is no login; pkg/command/options.go of pgweb – PGWEB_AUTH_USER or AUTH_USER, empty by default',
  },
  format: 'docker-compose',
  title: 'An administration page lets every visitor in',
  severity: 'critical',
  owner: 'it',
  description:
    'The page logs visitors in with a stored account, has its login switched off, or has the login that its documentation prints. Whoever reaches the page reads and changes the store behind it.',
  remediation:
    'phpMyAdmin: remove `PMA_USER` and `PMA_PASSWORD`, so that it asks. pgAdmin: remove `PGADMIN_CONFIG_SERVER_MODE`. mongo-express: set `ME_CONFIG_BASICAUTH_USERNAME` and `…_PASSWORD`. Redis Commander: set `HTTP_USER` and `HTTP_PASSWORD`. pgweb: set `PGWEB_AUTH_USER` and `PGWEB_AUTH_PASS`. Better still, remove the page from production.',
  references: [
    'https://github.com/phpmyadmin/docker#environment-variables',
    'https://github.com/mongo-express/mongo-express#readme',
  ],
  cwe: ['CWE-306', 'CWE-1392'],
  examples: {
    bad: [
      'services:\n  admin:\n    image: phpmyadmin:5.2\n    environment:\n      PMA_HOST: db\n      PMA_USER: root\n      PMA_PASSWORD: ${ROOT:?}\n',
      'services:\n  ui:\n    image: mongo-express:1.0.2\n    ports: ["8081:8081"]\n',
      'services:\n  admin:\n    image: dpage/pgadmin4:8\n    environment:\n      PGADMIN_CONFIG_SERVER_MODE: "False"\n',
    ],
    good: [
      'services:\n  admin:\n    image: phpmyadmin:5.2\n    environment:\n      PMA_HOST: db\n',
      'services:\n  ui:\n    image: mongo-express:1.0.2\n    environment:\n      ME_CONFIG_BASICAUTH_USERNAME: keeper\n      ME_CONFIG_BASICAUTH_PASSWORD: ${UI:?}\n',
      'services:\n  ui:\n    image: mongo-express:1.0.2\n    env_file: ui.env\n',
    ],
  },
  *check({ document }) {
    for (const service of document.services) {
      const open = opened(service);
      if (!open || !service.image) continue;
      const exposure = exposureOf(service);
      yield {
        service: service.name,
        pointer: `services.${service.name}.${open.variable ? `environment.${open.variable.name}` : 'image'}`,
        span: open.variable?.span ?? service.image.span,
        actual: open.actual,
        expected: open.expected,
        message: `${open.because[0]?.toUpperCase()}${open.because.slice(1)}, ${reachedFrom(exposure)}.`,
        severity: severityOf(exposure),
      };
    }
  },
});
