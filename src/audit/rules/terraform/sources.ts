/** Where the rules' facts are documented. */
const AWS = 'https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources';
const GCP = 'https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources';
const AZURE = 'https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/resources';

export const SOURCES = {
  aws: (name: string) => `${AWS}/${name}`,
  gcp: (name: string) => `${GCP}/${name}`,
  azure: (name: string) => `${AZURE}/${name}`,
  rdsPublic: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html',
  s3Block: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
  s3Acl: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html',
} as const;

export function documented(url: string, says: string): { by: 'source'; how: string } {
  return { by: 'source', how: `${url} – ${says}` };
}
