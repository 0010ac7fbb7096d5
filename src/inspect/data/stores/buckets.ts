/** Object storage that is neither Amazon's, Google's nor Microsoft's. */
import { BUCKET } from './patterns.ts';
import type { StoreFamily } from './store-family.ts';

const LISTED = 'the list of objects and each object, where the bucket is public';

export const buckets: StoreFamily = {
  name: 'buckets',
  kinds: {
    'digitalocean-spaces': { holds: 'files', reach: LISTED },
    'cloudflare-r2': {
      holds: 'files',
      reach: 'each object whose name is known, where the bucket is public',
    },
    'backblaze-b2': { holds: 'files', reach: LISTED },
    wasabi: { holds: 'files', reach: LISTED },
    'alibaba-oss': { holds: 'files', reach: LISTED },
    'tencent-cos': { holds: 'files', reach: LISTED },
    'huawei-obs': { holds: 'files', reach: LISTED },
    'yandex-storage': { holds: 'files', reach: LISTED },
    'linode-objects': { holds: 'files', reach: LISTED },
    'scaleway-objects': { holds: 'files', reach: LISTED },
    qiniu: { holds: 'files', reach: 'each object whose name is known' },
    cloudinary: {
      holds: 'files',
      reach: 'each file whose name is known; uploads, where a preset is unsigned',
    },
  },
  hosts: [
    {
      kind: 'digitalocean-spaces',
      domains: ['digitaloceanspaces.com'],
      host: new RegExp(`^(${BUCKET})\\.[a-z]{3}\\d\\.(?:cdn\\.)?digitaloceanspaces\\.com$`),
      source: 'https://docs.digitalocean.com/products/spaces/',
      examples: {
        is: { 'https://bluemarket.fra1.cdn.digitaloceanspaces.com/a': 'bluemarket' },
        not: ['https://fra1.digitaloceanspaces.com/'],
      },
    },
    {
      kind: 'cloudflare-r2',
      domains: ['r2.cloudflarestorage.com', 'r2.dev'],
      host: /^(?:([a-f0-9]{32})\.(?:[a-z]{2,8}\.)?r2\.cloudflarestorage\.com|(pub-[a-f0-9]{32})\.r2\.dev)$/,
      source: 'https://developers.cloudflare.com/r2/api/s3/api/',
      examples: {
        is: {
          'https://0123456789abcdef0123456789abcdef.eu.r2.cloudflarestorage.com/x': '0123456789abcdef0123456789abcdef',
          'https://pub-0123456789abcdef0123456789abcdef.r2.dev/a.jpg': 'pub-0123456789abcdef0123456789abcdef',
        },
        not: ['https://r2.dev/'],
      },
    },
    {
      kind: 'backblaze-b2',
      domains: ['backblazeb2.com'],
      host: new RegExp(`^(${BUCKET})\\.s3\\.[a-z]{2}-[a-z]{3,10}-\\d{3}\\.backblazeb2\\.com$`),
      source: 'https://www.backblaze.com/docs/',
      examples: {
        is: { 'https://bluemarket.s3.eu-central-003.backblazeb2.com/a': 'bluemarket' },
        not: ['https://www.backblazeb2.com/'],
      },
    },
    {
      kind: 'backblaze-b2',
      domains: ['backblazeb2.com'],
      host: /^f\d{3}\.backblazeb2\.com$/,
      path: /^\/file\/([a-zA-Z0-9-]{6,63})\//,
      source: 'https://www.backblaze.com/docs/cloud-storage-call-the-native-api',
      examples: {
        is: { 'https://f003.backblazeb2.com/file/bluemarket-media/a.jpg': 'bluemarket-media' },
        not: ['https://f003.backblazeb2.com/'],
      },
    },
    {
      kind: 'wasabi',
      domains: ['wasabisys.com'],
      host: new RegExp(`^(${BUCKET})\\.s3(?:\\.[a-z0-9-]{4,20})?\\.wasabisys\\.com$`),
      source: 'https://docs.wasabi.com/',
      examples: {
        is: { 'https://bluemarket.s3.eu-central-1.wasabisys.com/a': 'bluemarket' },
        not: ['https://s3.wasabisys.com/'],
      },
    },
    {
      kind: 'alibaba-oss',
      domains: ['aliyuncs.com'],
      host: new RegExp(`^(${BUCKET})\\.oss(?:-accelerate)?(?:-[a-z0-9-]{2,24})?\\.aliyuncs\\.com$`),
      source: 'https://www.alibabacloud.com/help/en/oss/',
      examples: {
        is: { 'https://bluemarket.oss-eu-central-1.aliyuncs.com/a': 'bluemarket' },
        not: ['https://oss-eu-central-1.aliyuncs.com/'],
      },
    },
    {
      kind: 'tencent-cos',
      domains: ['myqcloud.com'],
      host: new RegExp(`^(${BUCKET}-\\d{6,12})\\.(?:cos|pic|file)\\.?[a-z0-9-]{0,20}\\.myqcloud\\.com$`),
      source: 'https://www.tencentcloud.com/document/product/436',
      examples: {
        is: { 'https://bluemarket-1250000000.cos.eu-frankfurt.myqcloud.com/a': 'bluemarket-1250000000' },
        not: ['https://cos.eu-frankfurt.myqcloud.com/'],
      },
    },
    {
      kind: 'huawei-obs',
      domains: ['myhuaweicloud.com', 'myhuaweicloud.eu'],
      host: new RegExp(`^(${BUCKET})\\.obs\\.[a-z0-9-]{4,20}\\.myhuaweicloud\\.(?:com|eu)$`),
      source: 'https://support.huaweicloud.com/obs/',
      examples: {
        is: { 'https://bluemarket.obs.eu-west-101.myhuaweicloud.eu/a': 'bluemarket' },
        not: ['https://obs.eu-west-101.myhuaweicloud.eu/'],
      },
    },
    {
      kind: 'yandex-storage',
      domains: ['storage.yandexcloud.net'],
      host: new RegExp(`^(${BUCKET})\\.storage\\.yandexcloud\\.net$`),
      source: 'https://yandex.cloud/docs/storage/',
      examples: {
        is: { 'https://bluemarket.storage.yandexcloud.net/a': 'bluemarket' },
        not: ['https://storage.yandexcloud.net/'],
      },
    },
    {
      kind: 'linode-objects',
      domains: ['linodeobjects.com'],
      host: new RegExp(`^(${BUCKET})\\.[a-z]{2}-[a-z]{3,12}-\\d{1,2}\\.linodeobjects\\.com$`),
      source: 'https://techdocs.akamai.com/cloud-computing/docs/object-storage',
      examples: {
        is: { 'https://bluemarket.eu-central-1.linodeobjects.com/a': 'bluemarket' },
        not: ['https://eu-central-1.linodeobjects.com/'],
      },
    },
    {
      kind: 'scaleway-objects',
      domains: ['scw.cloud'],
      host: new RegExp(`^(${BUCKET})\\.s3\\.[a-z]{2}-[a-z]{3}\\.scw\\.cloud$`),
      source: 'https://www.scaleway.com/en/docs/object-storage/',
      examples: {
        is: { 'https://bluemarket.s3.fr-par.scw.cloud/a': 'bluemarket' },
        not: ['https://s3.fr-par.scw.cloud/'],
      },
    },
    {
      kind: 'qiniu',
      domains: ['bkt.clouddn.com'],
      host: /^([a-z0-9]{6,20})\.bkt\.clouddn\.com$/,
      source: 'https://developer.qiniu.com/kodo',
      examples: { is: { 'http://abcdef012.bkt.clouddn.com/a': 'abcdef012' }, not: ['http://bkt.clouddn.com/'] },
    },
    {
      kind: 'cloudinary',
      domains: ['res.cloudinary.com', 'api.cloudinary.com'],
      host: /^(?:res|api)\.cloudinary\.com$/,
      path: /^\/(?:v1_1\/)?([a-z0-9][a-z0-9_-]{2,40})\/(?:image|video|raw|auto|upload)(?:\/|$)/i,
      not: /^demo$/,
      source: 'https://cloudinary.com/documentation/upload_images',
      examples: {
        is: { 'https://res.cloudinary.com/bluemarket/image/upload/a.jpg': 'bluemarket' },
        not: ['https://res.cloudinary.com/demo/image/upload/a.jpg', 'https://api.cloudinary.com/v1_1/'],
      },
    },
  ],
};
