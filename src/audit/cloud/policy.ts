/**
 * AWS policy documents (identity, bucket, queue, domain, key): who may do what, and whether that is everybody.
 *
 * A statement is public when it allows, to `*` (as `"*"`, `{"AWS": "*"}` or within a list), and no condition narrows it
 * to fixed values. That is how S3 itself decides ("The meaning of public",
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
 *
 * The document comes as JSON data; `undefined` stands for a value that is not known before deployment.
 */
import { reachOfCidr } from './cidr.ts';

export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [key: string]: Json };

export interface Statement {
  /** Position in `Statement`. */
  index: number;
  effect: 'Allow' | 'Deny' | 'unknown';
  /** `anyone`: a stranger without an account; `accounts`: named ones (or services); `unknown`: not told. */
  principal: 'anyone' | 'named' | 'none' | 'unknown';
  /** Whom `NotPrincipal` leaves out of it; `none` where it is not written. */
  exceptions: 'none' | 'named' | 'anyone' | 'unknown';
  actions: readonly string[];
  /** `NotAction` was written: everything but `actions`. */
  notActions: boolean;
  resources: readonly string[];
  notResources: boolean;
  /** Whether conditions let only fixed callers through. `unknown`: their values are not told. */
  narrowed: 'yes' | 'no' | 'unknown';
  conditions: readonly Condition[];
  /** Some part is not told before deployment. */
  complete: boolean;
}

export interface Condition {
  /** Lower-case, without `ForAnyValue:` and `IfExists`. */
  operator: string;
  /** Lower-case: `aws:sourceip`. */
  key: string;
  /** Undefined elements are not told. */
  values: readonly (string | undefined)[];
}

/** Condition keys that name callers, networks or organisations: with fixed values the statement is not public. */
const NARROWING = new Set([
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:sourceowner',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principaltype',
  'aws:principalisawsservice',
  'aws:principalservicename',
  'aws:userid',
  'aws:username',
  'aws:viaawsservice',
  'aws:calledvia',
  'kms:calleraccount',
  'kms:viaservice',
  's3:dataaccesspointarn',
  's3:dataaccesspointaccount',
  's3:x-amz-grant-read',
  'cognito-identity.amazonaws.com:aud',
  'elasticfilesystem:accesspointarn',
  'elasticfilesystem:accessedviamounttarget',
  'lambda:functionurlauthtype',
  'lambda:eventsourcetoken',
]);

/** Statements of a policy document; at most 500, and none of what is no policy. */
export function statementsOf(document: Json): Statement[] {
  const parsed = typeof document === 'string' ? parse(document) : document;
  if (!isRecord(parsed)) return [];
  const list = parsed.Statement;
  const items = Array.isArray(list) ? (list as readonly Json[]) : [list];
  const found = items.slice(0, 500).flatMap((item, index) => (isRecord(item) ? [statementOf(item, index)] : []));
  const refusals = found.filter(keepsStrangersOut);
  // A Deny wins over every Allow: who it leaves is not judged further.
  return found.map((statement) =>
    statement.narrowed === 'no' && refusals.some((refusal) => covers(refusal, statement))
      ? { ...statement, narrowed: 'unknown' }
      : statement,
  );
}

/** Conditions that hold for strangers: `StringNotEquals aws:PrincipalOrgID o-1`, `NotIpAddress aws:SourceIp …`. */
function isNegated({ operator, key, values }: Condition): boolean {
  if (values.length === 0) return false;
  if (operator === 'notipaddress')
    return values.every((value) => value === undefined || reachOfCidr(value) !== 'internet');
  return /^(?:string|arn)not/.test(operator) && NARROWING.has(key) && !values.includes('*');
}

/** Refuses all but some: by `NotPrincipal`, or everybody for whom a condition does not name them. */
function keepsStrangersOut({ effect, principal, exceptions, conditions }: Statement): boolean {
  if (effect !== 'Deny' || principal !== 'anyone') return false;
  if (exceptions === 'named') return conditions.length === 0;
  return exceptions === 'none' && conditions.length > 0 && conditions.every(isNegated);
}

/** A refusal takes in every action on every resource that a statement allows. */
function covers(refusal: Statement, { effect, actions, notActions, resources, notResources }: Statement): boolean {
  if (effect !== 'Allow' || notActions || notResources || refusal.notActions || refusal.notResources) return false;
  const all = (texts: readonly string[], by: readonly string[]): boolean =>
    texts.every((text) => by.some((one) => matches(one.toLowerCase(), text.toLowerCase())));
  return actions.length > 0 && all(actions, refusal.actions) && all(resources, refusal.resources);
}

/** `s3:*` takes `s3:GetObject` in; other wildcards only their own text. */
function matches(pattern: string, text: string): boolean {
  return pattern === text || (pattern.endsWith('*') && text.startsWith(pattern.slice(0, -1)));
}

function parse(text: string): Json {
  if (text.length > 262_144) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function statementOf(item: { readonly [key: string]: Json }, index: number): Statement {
  const actions = texts(item.Action ?? item.NotAction);
  const resources = texts(item.Resource ?? item.NotResource);
  const conditions = conditionsOf(item.Condition);
  const effect = item.Effect === 'Allow' || item.Effect === 'Deny' ? item.Effect : 'unknown';
  const principal = 'Principal' in item ? principalOf(item.Principal) : 'NotPrincipal' in item ? 'anyone' : 'none';
  const hidden = 'Condition' in item && item.Condition === undefined;
  return {
    index,
    effect,
    principal,
    exceptions: 'NotPrincipal' in item ? principalOf(item.NotPrincipal) : 'none',
    actions: known(actions),
    notActions: item.Action === undefined && item.NotAction !== undefined,
    resources: known(resources),
    notResources: item.Resource === undefined && item.NotResource !== undefined,
    narrowed: hidden ? 'unknown' : narrowing(conditions),
    conditions,
    complete: !hidden && effect !== 'unknown' && principal !== 'unknown' && !actions.includes(undefined),
  };
}

function principalOf(value: Json): 'anyone' | 'named' | 'unknown' {
  if (value === undefined) return 'unknown';
  if (value === '*') return 'anyone';
  if (!isRecord(value)) return 'named';
  const accounts = texts('AWS' in value ? value.AWS : []);
  if (accounts.includes('*')) return 'anyone';
  return accounts.includes(undefined) ? 'unknown' : 'named';
}

function conditionsOf(value: Json): Condition[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([operator, keys]) =>
    isRecord(keys)
      ? Object.entries(keys).map(([key, values]) => ({
          operator: operator
            .toLowerCase()
            .replace(/^for(?:any|all)values?:/, '')
            .replace(/ifexists$/, ''),
          key: key.toLowerCase(),
          values: texts(values),
        }))
      : [],
  );
}

/** All conditions must hold, so one that narrows is enough. */
function narrowing(conditions: readonly Condition[]): Statement['narrowed'] {
  const verdicts = conditions.map((condition): Statement['narrowed'] => {
    const { operator, key, values } = condition;
    if (/^(?:string|arn)?not/.test(operator) || operator.includes('notequals') || operator.includes('notlike'))
      return 'no';
    if (operator === 'null') return 'no';
    if (key === 'aws:sourceip' || key === 'aws:vpcsourceip') {
      if (operator === 'notipaddress') return 'no';
      if (values.some((value) => value !== undefined && reachOfCidr(value) === 'internet')) return 'no';
      return values.includes(undefined) ? 'unknown' : 'yes';
    }
    // A page is no secret: whoever asks names it. Shared secrets in headers are what people use in front of buckets;
    // weak, but that is not everybody.
    if (key === 'aws:referer' && values.some((value) => value !== undefined && /^(?:https?:\/\/|\*)/i.test(value)))
      return 'no';
    if (key === 'aws:referer' || key === 'aws:useragent') return 'unknown';
    if (!NARROWING.has(key) && !/:(?:sub|aud)$/.test(key)) return 'no';
    if (values.includes('*')) return 'no';
    return 'yes';
  });
  return verdicts.includes('yes') ? 'yes' : verdicts.includes('unknown') ? 'unknown' : 'no';
}

/** A stranger without an account may do something by this statement. */
export function isPublic(statement: Statement): boolean {
  return statement.effect === 'Allow' && statement.principal === 'anyone' && statement.narrowed === 'no';
}

/** What a statement lets one do to data. `everything`: any action of the service, or of all. */
export function mayOf(statement: Statement): 'everything' | 'write' | 'read' | 'unknown' {
  if (statement.notActions) return 'everything';
  const actions = statement.actions.map((action) => action.toLowerCase());
  if (actions.some((action) => action === '*' || /^[a-z0-9-]+:\*$/.test(action))) return 'everything';
  if (
    actions.some((action) =>
      /:(?:put|delete|create|update|write|post|restore|abort|\*put|replicate|es?httpp)/.test(action),
    )
  )
    return 'write';
  if (actions.some((action) => /:(?:get|list|head|query|scan|describe|read|select|batchget|eshttpg)/.test(action)))
    return 'read';
  return 'unknown';
}

/** An identity policy's statement that allows every action on every resource. */
export function isAdministrator(statement: Statement): boolean {
  return (
    statement.effect === 'Allow' &&
    statement.conditions.length === 0 &&
    (statement.actions.includes('*') || statement.actions.includes('*:*')) &&
    statement.resources.includes('*')
  );
}

/** Services whose every action a statement allows on every resource: `s3` of `s3:*` on `*`. */
export function wildcardServices(statement: Statement): string[] {
  if (statement.effect !== 'Allow' || statement.conditions.length > 0 || !statement.resources.includes('*')) return [];
  return statement.actions.flatMap((action) => /^([a-z0-9-]+):\*$/i.exec(action)?.[1]?.toLowerCase() ?? []);
}

/** The document refuses requests that are not encrypted (`aws:SecureTransport` false). */
export function refusesPlainHttp(statements: readonly Statement[]): boolean {
  return statements.some(
    ({ effect, principal, exceptions, conditions }) =>
      effect === 'Deny' &&
      principal === 'anyone' &&
      // Those whom `NotPrincipal` leaves out may still use plain HTTP.
      exceptions === 'none' &&
      conditions.some(
        ({ operator, key, values }) =>
          operator === 'bool' && key === 'aws:securetransport' && values.some((value) => value === 'false'),
      ),
  );
}

function texts(value: Json): (string | undefined)[] {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return list.slice(0, 1_000).map((item) => (item === undefined || item === null ? undefined : textOf(item)));
}

function textOf(item: Json): string | undefined {
  return typeof item === 'string'
    ? item
    : typeof item === 'number' || typeof item === 'boolean'
      ? String(item)
      : undefined;
}

function known(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
