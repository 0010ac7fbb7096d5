export { describeApi, versionsOf } from './describe.ts';
export type { OpenApiDocument } from './document.ts';
export { PAGE_POLICY, renderPage } from './page/render.ts';
export { schemesOf } from './security.ts';
