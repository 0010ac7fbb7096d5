/** Amazon Web Services: buckets, pools of identities, APIs, streams. */
import { AWS_DOMAINS, AWS_REGION, BUCKET, UUID } from './patterns.ts';
import type { StoreFamily, StoreName } from './store-family.ts';

const AMPLIFY_FILE = /aws|amplify/i;

function bucket(id: string): StoreName {
  return { id, url: `https://${id}.s3.amazonaws.com`, host: `${id}.s3.amazonaws.com` };
}

export const aws: StoreFamily = {
  name: 'aws',
  kinds: {
    s3: {
      holds: 'files',
      reach: 'the list of objects and each object, where policy or ACL let everyone read',
    },
    'cognito-identity-pool': {
      holds: 'identities',
      reach: 'AWS keys for a guest, where the pool admits guests, and with them whatever their role may do',
    },
    'cognito-user-pool': {
      holds: 'identities',
      reach: 'an account, where the pool lets everyone sign up',
    },
    appsync: {
      holds: 'records',
      reach: 'every query that the API key of the package may send',
    },
    'api-gateway': { holds: 'code', reach: 'whatever the API answers without a token' },
    'lambda-url': {
      holds: 'code',
      reach: 'whatever the function answers without a token',
    },
    'elastic-beanstalk': {
      holds: 'code',
      reach: 'whatever the app answers without a login',
    },
    opensearch: {
      holds: 'records',
      reach: 'every index, where the access policy lets everyone in',
    },
    rds: {
      holds: 'records',
      reach: 'a login of the database, where its network lets everyone in',
    },
    elasticache: {
      holds: 'records',
      reach: 'nothing from outside its network',
    },
    documentdb: { holds: 'records', reach: 'nothing from outside its network' },
    dynamodb: {
      holds: 'records',
      reach: 'with the keys of a guest or of the package: what their role may read',
    },
    kinesis: {
      holds: 'messages',
      reach: 'with the keys of a guest or of the package: records written to, or read from, the stream',
    },
    sqs: {
      holds: 'messages',
      reach: 'its messages, where the policy lets everyone receive',
    },
    sns: {
      holds: 'messages',
      reach: 'with the keys of a guest or of the package: messages to everyone who subscribed',
    },
    'aws-iot': {
      holds: 'messages',
      reach: 'with a certificate or the keys of a guest: the topics that its policy allows',
    },
    pinpoint: { holds: 'nothing', reach: 'events recorded in the app’s name' },
  },
  hosts: [
    {
      kind: 's3',
      domains: AWS_DOMAINS,
      // virtual-hosted, accelerated, dual-stack, FIPS and website forms: `b.s3.`, `b.s3-eu-west-1.`, `b.s3-website.eu-west-1.`
      host: new RegExp(
        `^(${BUCKET})\\.s3(?:[.-](?:accelerate|website|fips|external-1))?(?:\\.dualstack)?(?:[.-]${AWS_REGION})?\\.amazonaws\\.com(?:\\.cn)?$`,
      ),
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html',
      examples: {
        is: {
          'https://bluemarket-media.s3.amazonaws.com/a': 'bluemarket-media',
          'https://bluemarket.media.s3-eu-west-1.amazonaws.com/a': 'bluemarket.media',
          'https://bluemarket.s3.dualstack.us-east-2.amazonaws.com/': 'bluemarket',
          'https://bluemarket.s3-accelerate.amazonaws.com/': 'bluemarket',
          'https://bluemarket.s3-accelerate.dualstack.amazonaws.com/': 'bluemarket',
          'http://bluemarket.s3-website-eu-west-1.amazonaws.com': 'bluemarket',
          'http://bluemarket.s3-website.eu-central-1.amazonaws.com': 'bluemarket',
          'https://bluemarket.s3.us-gov-west-1.amazonaws.com/': 'bluemarket',
          'https://bluemarket.s3.cn-north-1.amazonaws.com.cn/': 'bluemarket',
        },
        not: [
          'https://s3.amazonaws.com/',
          'https://sqs.eu-west-1.amazonaws.com/',
          'https://bluemarket.s3.amazonaws.com.example/',
        ],
      },
    },
    {
      kind: 's3',
      domains: AWS_DOMAINS,
      host: new RegExp(`^s3(?:[.-](?:dualstack|external-1|fips))?(?:[.-]${AWS_REGION})?\\.amazonaws\\.com(?:\\.cn)?$`),
      path: new RegExp(`^/(${BUCKET})(?:/|$|\\?)`),
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html',
      examples: {
        is: {
          'https://s3.amazonaws.com/bluemarket-media/x.png': 'bluemarket-media',
          'https://s3.eu-central-1.amazonaws.com/bluemarket-media': 'bluemarket-media',
          'https://s3-us-west-2.amazonaws.com/bluemarket-media?list-type=2': 'bluemarket-media',
          'https://s3.dualstack.eu-west-1.amazonaws.com/bluemarket/': 'bluemarket',
        },
        not: ['https://s3.amazonaws.com/', 'https://s3.amazonaws.com/%s/', 'https://s3.amazonaws.com/{bucket}/x'],
      },
    },
    {
      kind: 'cognito-user-pool',
      domains: AWS_DOMAINS,
      host: new RegExp(`^cognito-idp\\.${AWS_REGION}\\.amazonaws\\.com(?:\\.cn)?$`),
      path: new RegExp(`^/(${AWS_REGION}_[A-Za-z0-9]{1,55})(?:/|$)`),
      source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/',
      examples: {
        is: { 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI': 'us-east-1_AbCdEfGhI' },
        not: ['https://cognito-idp.us-east-1.amazonaws.com/'],
      },
    },
    {
      kind: 'cognito-user-pool',
      domains: ['amazoncognito.com'],
      host: new RegExp(`^([a-z0-9][a-z0-9-]{0,62}\\.auth(?:-fips)?\\.${AWS_REGION})\\.amazoncognito\\.com$`),
      source: 'https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html',
      examples: {
        is: { 'https://bluemarket.auth.eu-west-1.amazoncognito.com/oauth2/token': 'bluemarket.auth.eu-west-1' },
        not: ['https://auth.eu-west-1.amazoncognito.com/'],
      },
    },
    {
      kind: 'appsync',
      domains: ['amazonaws.com'],
      host: new RegExp(`^([a-z0-9]{26})\\.appsync(?:-realtime)?-api\\.${AWS_REGION}\\.amazonaws\\.com$`),
      source: 'https://docs.aws.amazon.com/appsync/latest/devguide/',
      examples: {
        is: {
          'https://abcdefghijklmnopqrstuvwxyz.appsync-api.eu-west-1.amazonaws.com/graphql':
            'abcdefghijklmnopqrstuvwxyz',
        },
        not: ['https://appsync.eu-west-1.amazonaws.com/'],
      },
    },
    {
      kind: 'api-gateway',
      domains: AWS_DOMAINS,
      host: new RegExp(
        `^([a-z0-9]{10})(?:-vpce-[a-z0-9-]{1,40})?\\.execute-api\\.${AWS_REGION}\\.amazonaws\\.com(?:\\.cn)?$`,
      ),
      source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/',
      examples: {
        is: { 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod': 'a1b2c3d4e5' },
        not: ['https://execute-api.eu-west-1.amazonaws.com/'],
      },
    },
    {
      kind: 'lambda-url',
      domains: ['on.aws'],
      host: new RegExp(`^([a-z0-9]{32})\\.lambda-url\\.${AWS_REGION}\\.on\\.aws$`),
      source: 'https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html',
      examples: {
        is: {
          'https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-west-1.on.aws/': 'abcdefghijklmnopqrstuvwxyz012345',
        },
        not: ['https://on.aws/', 'https://short.lambda-url.eu-west-1.on.aws/'],
      },
    },
    {
      kind: 'elastic-beanstalk',
      domains: ['elasticbeanstalk.com'],
      host: new RegExp(`^([a-z0-9][a-z0-9.-]{2,80}?)(?:\\.${AWS_REGION})?\\.elasticbeanstalk\\.com$`),
      source: 'https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/customdomains.html',
      examples: {
        is: { 'http://bluemarket-prod.eu-west-1.elasticbeanstalk.com/api': 'bluemarket-prod' },
        not: ['https://elasticbeanstalk.com/'],
      },
    },
    {
      kind: 'opensearch',
      domains: ['amazonaws.com', 'on.aws'],
      host: new RegExp(
        `^(?:(?:search|vpc)-([a-z][a-z0-9-]{2,27}-[a-z0-9]{26})\\.${AWS_REGION}\\.es\\.amazonaws\\.com|([a-z0-9]{20})\\.${AWS_REGION}\\.aoss\\.amazonaws\\.com|(?:search|vpc)-([a-z][a-z0-9-]{2,27}-[a-z0-9]{26})\\.aos\\.${AWS_REGION}\\.on\\.aws)$`,
      ),
      source: 'https://docs.aws.amazon.com/opensearch-service/latest/developerguide/',
      examples: {
        is: {
          'https://search-orders-abcdefghijklmnopqrstuvwxyz.eu-west-1.es.amazonaws.com/_search':
            'orders-abcdefghijklmnopqrstuvwxyz',
          'https://a1b2c3d4e5f6g7h8i9j0.eu-west-1.aoss.amazonaws.com/': 'a1b2c3d4e5f6g7h8i9j0',
        },
        not: ['https://es.eu-west-1.amazonaws.com/', 'https://aoss.eu-west-1.amazonaws.com/'],
      },
    },
    {
      kind: 'rds',
      domains: AWS_DOMAINS,
      host: new RegExp(`^([a-z][a-z0-9-]{0,62})\\.[a-z0-9-]{12,24}\\.${AWS_REGION}\\.rds\\.amazonaws\\.com(?:\\.cn)?$`),
      source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/',
      examples: {
        is: { 'mysql://orders.abcdefghijkl.eu-west-1.rds.amazonaws.com:3306/shop': 'orders' },
        not: ['https://rds.eu-west-1.amazonaws.com/'],
      },
    },
    {
      kind: 'elasticache',
      domains: ['cache.amazonaws.com'],
      host: /^([a-z0-9.-]{4,80})\.cache\.amazonaws\.com$/,
      source: 'https://docs.aws.amazon.com/AmazonElastiCache/latest/',
      examples: {
        is: { 'redis://orders.abcdef.0001.euw1.cache.amazonaws.com:6379': 'orders.abcdef.0001.euw1' },
        not: ['https://cache.amazonaws.com/'],
      },
    },
    {
      kind: 'documentdb',
      domains: ['amazonaws.com'],
      host: new RegExp(`^([a-z0-9-]{1,63}\\.(?:cluster-)?[a-z0-9-]{8,24})\\.${AWS_REGION}\\.docdb\\.amazonaws\\.com$`),
      source: 'https://docs.aws.amazon.com/documentdb/latest/developerguide/',
      examples: {
        is: {
          'mongodb://orders.cluster-abcdefghijkl.eu-west-1.docdb.amazonaws.com:27017': 'orders.cluster-abcdefghijkl',
        },
        not: ['https://docdb.eu-west-1.amazonaws.com/'],
      },
    },
    {
      kind: 'sqs',
      domains: AWS_DOMAINS,
      host: new RegExp(`^(?:sqs\\.${AWS_REGION}|${AWS_REGION}\\.queue|queue)\\.amazonaws\\.com(?:\\.cn)?$`),
      path: /^\/(\d{12}\/[\w-]{1,80}(?:\.fifo)?)$/,
      source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/',
      examples: {
        is: { 'https://sqs.eu-west-1.amazonaws.com/210987654321/orders': '210987654321/orders' },
        not: ['https://sqs.eu-west-1.amazonaws.com/'],
      },
    },
    {
      kind: 'aws-iot',
      domains: ['amazonaws.com'],
      host: new RegExp(`^([a-z0-9]{13,14})(?:-ats)?\\.(?:credentials\\.)?iot\\.${AWS_REGION}\\.amazonaws\\.com$`),
      source: 'https://docs.aws.amazon.com/iot/latest/developerguide/iot-connect-devices.html',
      examples: {
        is: { 'wss://a1b2c3d4e5f6g7-ats.iot.eu-west-1.amazonaws.com/mqtt': 'a1b2c3d4e5f6g7' },
        not: ['https://iot.eu-west-1.amazonaws.com/', 'https://data.iot.eu-west-1.amazonaws.com/'],
      },
    },
  ],
  values: [
    {
      kind: 'cognito-identity-pool',
      mark: { region: true },
      value: new RegExp(`^(${AWS_REGION}:${UUID})$`, 'i'),
      source: 'https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/',
      examples: {
        is: {
          'us-east-1:01234567-89ab-cdef-0123-456789abcdef': 'us-east-1:01234567-89ab-cdef-0123-456789abcdef',
        },
        not: ['01234567-89ab-cdef-0123-456789abcdef', 'us-east-1:XXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX'],
      },
    },
    {
      kind: 'cognito-user-pool',
      mark: { region: true },
      value: new RegExp(`^(${AWS_REGION}_[A-Za-z0-9]{6,55})$`),
      source: 'https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/',
      examples: {
        is: { 'eu-west-1_AbCdEfGhI': 'eu-west-1_AbCdEfGhI' },
        not: ['eu-west-1', 'us-east-1_x', 'en-US_POSIX'],
      },
    },
    {
      kind: 's3',
      mark: { start: 'arn:aws' },
      value: new RegExp(`^arn:aws(?:-cn|-us-gov)?:s3:::(${BUCKET})(?:/.{0,200})?$`),
      read: ([, id]) => (id === undefined ? undefined : bucket(id)),
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-arn-format.html',
      examples: {
        is: { 'arn:aws:s3:::bluemarket-media/*': 'bluemarket-media' },
        not: ['arn:aws:s3:::', 'arn:aws:iam::123456789012:role/x'],
      },
    },
    ...(
      [
        ['dynamodb', 'table/([\\w.-]{3,255})', 'table/orders', 'orders'],
        ['kinesis', 'stream/([\\w.-]{1,128})', 'stream/clicks', 'clicks'],
        ['sqs', '([\\w-]{1,80})', 'orders', 'orders'],
        ['sns', '([\\w/-]{1,200})', 'app/GCM/bluemarket', 'app/GCM/bluemarket'],
      ] as const
    ).map(([kind, resource, example, id]) => ({
      kind,
      mark: { start: 'arn:aws' },
      value: new RegExp(`^arn:aws(?:-cn|-us-gov)?:${kind}:${AWS_REGION}:\\d{12}:${resource}$`),
      source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html',
      examples: {
        is: { [`arn:aws:${kind}:eu-west-1:210987654321:${example}`]: id },
        not: [`arn:aws:${kind}:*:*:*`, `arn:aws:${kind}`],
      },
    })),
  ],
  names: [
    {
      kind: 's3',
      keys: [
        'aws_user_files_s3_bucket',
        'aws_s3_bucket',
        's3_bucket',
        's3_bucket_name',
        'S3_BUCKET',
        's3Bucket',
        'S3BucketName',
        's3BucketName',
        'AWS_S3_BUCKET',
        'AWS_BUCKET',
      ],
      value: new RegExp(`^(${BUCKET})$`),
      read: ([, id]) => (id === undefined ? undefined : bucket(id)),
      source: 'https://docs.amplify.aws/gen1/javascript/tools/libraries/configure-categories/',
      examples: {
        is: { 'aws_user_files_s3_bucket=bluemarket-media': 'bluemarket-media' },
        not: ['s3=s3', 's3_bucket=My Bucket', 's3_bucket=your-bucket'],
      },
    },
    {
      kind: 's3',
      keys: ['Bucket', 'bucket', 'bucket_name', 'bucketName'],
      entry: AMPLIFY_FILE,
      value: new RegExp(`^(${BUCKET})$`),
      read: ([, id]) => (id === undefined ? undefined : bucket(id)),
      source: 'https://docs.amplify.aws/react/reference/amplify_outputs/',
      examples: {
        is: { 'bucket_name=amplify-bluemarket-media-1a2b3c': 'amplify-bluemarket-media-1a2b3c' },
        not: ['bucket_name=Media'],
      },
    },
    {
      kind: 'pinpoint',
      keys: ['aws_mobile_analytics_app_id', 'pinpointAppId', 'pinpoint_app_id', 'aws_pinpoint_app_id'],
      value: /^([0-9a-f]{32})$/,
      source: 'https://docs.aws.amazon.com/pinpoint/latest/developerguide/',
      examples: {
        is: { 'aws_mobile_analytics_app_id=0123456789abcdef0123456789abcdef': '0123456789abcdef0123456789abcdef' },
        not: ['aws_mobile_analytics_app_id=none'],
      },
    },
  ],
};
