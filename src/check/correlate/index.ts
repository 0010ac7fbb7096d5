export { type AppLink, appLinks, appName, portOf, type Ways, waysOf } from './apps.ts';
export { configFilesOf } from './config-files.ts';
export { type DeploymentMatch, familyOf, matchDeployments } from './declared.ts';
export { exposureOf, furtherLinks, linkClause } from './exposures.ts';
