import type { CredentialFamily } from './credential-rule.ts';
import { B40 } from './example-values.ts';
import { isRandom } from './validate.ts';

export const azure: CredentialFamily = {
  name: 'azure',
  rules: [
    {
      provider: 'azure',
      kind: 'storage-account-key',
      sensitivity: 'secret',
      severity: 'critical',
      grants: 'reads and writes everything in the storage account',
      keywords: ['AccountKey='],
      // the emulator's account and key are the same on every machine
      pattern: /AccountName=(?!devstoreaccount1)[^;]{3,24};\s{0,2}AccountKey=([A-Za-z0-9+/]{86}==)/g,
      judge: (value) =>
        isRandom(value, 4) && !value.startsWith('Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1') ? { validated: 'structure' } : null,
      source: 'https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string',
      examples: {
        bad: [`DefaultEndpointsProtocol=https;AccountName=bluemarket;AccountKey=${B40}${B40}aB3dE5==`],
        good: [`AccountName=devstoreaccount1;AccountKey=${B40}${B40}aB3dE5==`, 'AccountKey='],
      },
    },
    {
      provider: 'azure',
      kind: 'shared-access-key',
      sensitivity: 'secret',
      severity: 'critical',
      grants: 'messages of the hub or queue: reads, sends or manages, as its policy says',
      keywords: ['SharedAccessKey='],
      pattern: /SharedAccessKey=([A-Za-z0-9+/]{43}=)/g,
      judge: (value) => (isRandom(value, 4) ? { validated: 'structure' } : null),
      source: 'https://learn.microsoft.com/azure/event-hubs/event-hubs-get-connection-string',
      examples: {
        bad: [`Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=${B40}abc=`],
        good: ['SharedAccessKey=', `SharedAccessKey=${'A'.repeat(43)}=`],
      },
    },
    {
      provider: 'azure',
      kind: 'sas-token',
      sensitivity: 'secret',
      severity: 'high',
      grants: 'what its `sp` permits on the container or blob, until its `se`',
      keywords: ['sig='],
      pattern:
        /(?:[?&]|^|["'])(s[vrtpes]=(?=[^\s"'<>#]{0,300}(?:sv|se)=\d{4}-)[^\s"'<>#]{10,400}sig=[A-Za-z0-9%/+]{40,100}(?:%3D|=){0,2})/g,
      judge: (value) => {
        const permissions = /(?:^|&)sp=([a-z]{1,12})/.exec(value)?.[1];
        const until = /(?:^|&)se=(\d{4}-\d{2}-\d{2})/.exec(value)?.[1];
        if (!/(?:^|&)sv=\d{4}-\d{2}-\d{2}/.test(value)) return null;
        const words = permissions === undefined ? 'what its policy permits' : `the permissions “${permissions}”`;
        return {
          validated: 'structure',
          grants: `${words} in the storage account${until === undefined ? '' : `, until ${until}`}`,
        };
      },
      source: 'https://learn.microsoft.com/azure/storage/common/storage-sas-overview',
      examples: {
        bad: [
          `https://bluemarket.blob.core.windows.net/img?sv=2022-11-02&ss=b&srt=co&sp=rl&se=2031-01-01T00:00:00Z&sig=${B40}abc%3D`,
        ],
        good: ['https://api.bluemarket-shop.com/?sig=1', `https://api.bluemarket-shop.com/?sv=2&sig=${B40}`],
      },
    },
    {
      provider: 'azure',
      kind: 'client-secret',
      sensitivity: 'secret',
      severity: 'critical',
      grants: 'acts as the application in the tenant, with all that it was granted',
      keywords: ['Q~'],
      pattern: /(?<![\w~.-])([A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34})(?![\w~.-])/g,
      judge: (value) => (isRandom(value, 4) ? { validated: 'structure' } : null),
      source: 'https://learn.microsoft.com/purview/sit-defn-client-secret-api-key',
      examples: { bad: [`abc8Q~${B40.slice(0, 34)}`], good: ['8Q~', `abc8Q~${'x'.repeat(34)}`] },
    },
  ],
};
