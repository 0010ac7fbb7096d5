import type { AllowList } from '../../../net/allow-list.ts';
import { at, parseJson, text } from '../../json.ts';
import type { ServiceControl } from '../../service.ts';

/**
 * Basic authentication. The handler that tells who one is proves the login; where it is absent (an open store, a gateway
 * in front), the banner must be answered with the credentials.
 *
 * @param field where the handler's answer has the user's name
 */
export function basicControl(allow: AllowList, whoAmI: string, field: string): ServiceControl {
  return {
    allow,
    run: async (context, { username, password }) => {
      const session = await context.http();
      const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
      const who = await session.get(whoAmI, { headers, maxBytes: 65_536 });
      context.record(`GET ${whoAmI} with credentials`, `${who.status}`);
      if (who.status === 401 || who.status === 403) return false;
      if (who.status === 200) return text(at(parseJson(who.body), field)) === username;
      const banner = await session.get('/', { headers, maxBytes: 65_536 });
      context.record('GET / with credentials', `${banner.status}`);
      return banner.status === 200;
    },
  };
}
