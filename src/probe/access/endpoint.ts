/**
 * One endpoint, two accounts A and B, reading only:
 *
 * ```
 * A  GET /orders                A's own ids                 B  GET /orders   B's own ids
 * A  GET /orders/{own}          control: A is signed in
 * A  GET /orders/{random}       control: must not look like an object
 * B  GET /orders/{B's}          what the owner gets
 * A  GET /orders/{B's}          the question: another user
 * -  GET /orders/{B's}          the question: a stranger
 * B  GET /orders/{B's}          once more: what changed is volatile
 * …  and the other way round, and once more per old app with its headers or its prefix
 * ```
 *
 * Ids are taken from the configuration or from each account's own list; an id that both list is nobody's alone.
 */
import type { AccessAnswer, AccessAs } from '../../core/access.ts';
import { PosternError } from '../../core/errors.ts';
import { asId, idsOf } from './ids.ts';
import { type Case, type Judgement, judge } from './judge.ts';
import type { Account, Api, ApiEndpoint, EndpointAccess, OldApp } from './model.ts';
import { parsedBody, type Reading, readingOf, shapeOf } from './reading.ts';
import { parameterOf, pathOf, randomId, shownAs } from './requests.ts';
import type { Session, Who } from './session.ts';

export async function askEndpoint(
  session: Session,
  api: Api,
  endpoint: ApiEndpoint,
  accounts: readonly [Account, Account],
  key: Uint8Array,
): Promise<EndpointAccess> {
  const told: EndpointAccess = {
    what: shownAs(api, endpoint),
    access: [],
    fields: [],
    confidence: 'confirmed',
    objects: endpoint.public === true ? 'public' : 'owned',
    oldAppMatters: false,
    exchanges: session.exchanges,
  };
  const dialogue = new Dialogue(session, api, endpoint, key);
  const setting = await settingOf(dialogue, accounts, told);
  if (typeof setting === 'string') {
    for (const as of ['stranger', 'other-user'] as const) tell(told, as, 'unknown', setting);
    return told;
  }
  const { reader, owner, id, ownId, own } = setting;
  const random = await dialogue.read(reader, randomId(id), 'an id that nobody has');
  const base = { own, random, ownerField: endpoint.ownerField };
  const round = await dialogue.round(owner, id, setting.shared ? [undefined] : [reader, undefined]);
  const judged = (who: Who): Judgement =>
    judge({ ...base, first: round.first, second: round.second, given: round.given.get(who) ?? NOT_ASKED });
  const stranger = judged(undefined);
  keep(told, 'stranger', stranger, 'a stranger', endpoint.public === true ? ', as is declared' : '');
  if (round.first.kind === 'content') tell(told, 'signed-in', 'yes', `${owner.name} gets their own object`);
  else tell(told, 'signed-in', 'unknown', `${owner.name} does not get their own object: ${shapeOf(round.first)}`);
  if (setting.shared) {
    told.confidence = 'tentative';
    if (told.objects === 'owned') told.objects = 'shared';
    const why = 'both accounts list the same objects: they are shared, or the list does not tell accounts apart';
    if (stranger.read === 'yes') tell(told, 'other-user', 'yes', 'another user gets it, as any stranger does');
    else tell(told, 'other-user', 'unknown', why);
    return told;
  }

  let other = judged(reader);
  if (other.read === 'no') other = (await doubtOf(dialogue, reader, ownId)) ?? other;
  let note = '';
  if (setting.goesOn) {
    told.confidence = 'firm';
    note = ' (the lists go on, so both may have it)';
  }
  const back =
    ownId === undefined ? undefined : await dialogue.back(owner, reader, ownId, { ...base, own: round.first });
  if (back !== undefined && back.read !== other.read && (back.read === 'yes' || other.read === 'yes')) {
    const [who] = back.read === 'yes' ? [owner] : [reader];
    if (back.read === 'no' || other.read === 'no') {
      told.confidence = 'firm';
      note += `, ${who.name} only and not the other way round: see what roles they have`;
    }
    if (back.read === 'yes') other = back;
  }
  keep(told, 'other-user', other, 'another user', stranger.read === 'yes' ? ', as any stranger does' : note);
  for (const old of api.oldApps) {
    await askOldApp(dialogue, old, setting, endpoint, { stranger: stranger.read, other: other.read }, told);
  }
  return told;
}

interface Setting {
  /** Asks for the object of `owner`. */
  reader: Account;
  owner: Account;
  /** The owner's object; one that both have when `shared`. */
  id: string;
  shared: boolean;
  /** The reader's own object, and what the reader gets of it. */
  ownId: string | undefined;
  own: Reading | undefined;
  /** The lists have more pages. */
  goesOn: boolean;
}

/** Who asks for whose object, once both are seen to be signed in; a text says why that is not known. */
async function settingOf(
  dialogue: Dialogue,
  [a, b]: readonly [Account, Account],
  told: EndpointAccess,
): Promise<Setting | string> {
  const [ofA, ofB] = [await dialogue.idsOf(a), await dialogue.idsOf(b)];
  if (typeof ofA === 'string') tell(told, 'signed-in', 'unknown', `${a.name} ${ofA}`);
  if (typeof ofB === 'string') tell(told, 'signed-in', 'unknown', `${b.name} ${ofB}`);
  if (typeof ofA === 'string' || typeof ofB === 'string') return 'the accounts’ own objects are not known';
  // An id that both have is shared; it tells what a stranger gets, and nothing about the other account.
  const onlyA = ofA.ids.filter((id) => !ofB.ids.includes(id));
  const onlyB = ofB.ids.filter((id) => !ofA.ids.includes(id));
  const flipped = onlyB.length === 0 && onlyA.length > 0;
  const [reader, owner] = flipped ? [b, a] : [a, b];
  const [[ownId], [owned]] = flipped ? [onlyB, onlyA] : [onlyA, onlyB];
  const id = owned ?? ofB.ids[0];
  if (id === undefined) return 'neither account has an object here';
  const own = ownId === undefined ? undefined : await dialogue.read(reader, ownId, 'its own object');
  if (own !== undefined && own.kind !== 'content') {
    tell(told, 'signed-in', 'unknown', `${reader.name} does not get their own object: ${shapeOf(own)}`);
    return 'the account that asks is not seen to be signed in';
  }
  return { reader, owner, id, shared: owned === undefined, ownId, own, goesOn: ofA.goesOn || ofB.goesOn };
}

/** Why a refusal proves nothing; undefined when the reader is still seen to be signed in. */
async function doubtOf(dialogue: Dialogue, reader: Account, ownId: string | undefined): Promise<Judgement | undefined> {
  const doubt = (reason: string): Judgement => ({ read: 'unknown', reason, fields: [] });
  if (ownId === undefined) {
    return doubt('the account that asks has no object of its own here, so that it is signed in was not seen');
  }
  const again = await dialogue.read(reader, ownId, 'its own object, once more');
  return again.kind === 'content'
    ? undefined
    : doubt('the account that asks lost its own object meanwhile, so a refusal proves nothing');
}

/** Old versions know other fields: they are compared with what the owner gets from them. */
async function askOldApp(
  dialogue: Dialogue,
  old: OldApp,
  { reader, owner, id, ownId }: Setting,
  { ownerField }: ApiEndpoint,
  today: { stranger: AccessAnswer; other: AccessAnswer },
  told: EndpointAccess,
): Promise<void> {
  const { first, second, given } = await dialogue.round(owner, id, [reader, undefined], old);
  const own =
    ownId === undefined ? undefined : await dialogue.read(reader, ownId, `its own object, as ${old.name}`, old);
  const random = await dialogue.read(reader, randomId(id), `an id that nobody has, as ${old.name}`, old);
  const judged = (who: Who): Judgement =>
    judge({ first, second, own, random, given: given.get(who) ?? NOT_ASKED, ownerField });
  const byStranger = judged(undefined);
  const opened = byStranger.read === 'yes' ? byStranger : judged(reader);
  const [who, already] = byStranger.read === 'yes' ? ['a stranger', today.stranger] : ['another user', today.other];
  const known = opened.read === 'yes' && already === 'yes';
  if (opened.read === 'yes' && !known) told.oldAppMatters = true;
  keep(told, 'old-app', opened, `${who}, asking as ${old.name},`, known ? ', as without it' : '');
}

const NOT_ASKED: Reading = { kind: 'unclear', status: null, why: 'it was not asked' };

function keep(
  told: EndpointAccess,
  as: AccessAs,
  { read, reason, fields }: Judgement,
  who: string,
  note: string,
): void {
  const untold = read === 'unknown' && fields.length === 0;
  tell(told, as, read, untold ? `it could not be told what ${who} gets: ${reason}` : `${who} ${reason}${note}`);
  if (read === 'yes') told.fields = [...new Set([...told.fields, ...fields])].sort();
}

/** Writing is never tried, and no reading tells it. */
function tell(told: EndpointAccess, as: AccessAs, read: AccessAnswer, reason: string): void {
  told.access.push({ as, what: told.what, read, write: 'untested', reason });
}

class Dialogue {
  readonly #session: Session;
  readonly #api: Api;
  readonly #endpoint: ApiEndpoint;
  readonly #key: Uint8Array;

  constructor(session: Session, api: Api, endpoint: ApiEndpoint, key: Uint8Array) {
    this.#session = session;
    this.#api = api;
    this.#endpoint = endpoint;
    this.#key = key;
  }

  /** The account's own ids, or why they are not known. */
  async idsOf(account: Account): Promise<{ ids: string[]; goesOn: boolean } | string> {
    const { path, list, idField } = this.#endpoint;
    const given = Object.hasOwn(account.ids, path) ? account.ids[path] : undefined;
    if (given !== undefined) return { ids: given.flatMap((id) => asId(id) ?? []), goesOn: false };
    if (list === undefined) return 'has no ids for this endpoint in the configuration, and there is no list';
    const shown = `GET ${this.#api.prefix}${list} as ${account.name}`;
    const answer = await this.#session.get(account, `${this.#api.prefix}${list}`);
    const reading = readingOf(answer, this.#key, '');
    if (answer instanceof PosternError || reading.kind === 'unclear' || reading.kind === 'refused') {
      this.#session.record(shown, shapeOf(reading));
      return `does not get the list of their own objects: ${shapeOf(reading)}`;
    }
    const found = idsOf(parsedBody(answer.body), answer.headers, idField, parameterOf(this.#endpoint));
    const empty = found === undefined && /^\s*(?:\[\s*\])?\s*$/.test(answer.body.toString('latin1'));
    this.#session.record(
      shown,
      `HTTP ${answer.status}, ${found === undefined ? 'no list of objects' : `list of ${found.ids.length}`}`,
    );
    if (empty) return { ids: [], goesOn: false };
    return (
      found ??
      (answer.truncated ? 'has a list that is too long to be read' : 'gets an answer that is no list of objects')
    );
  }

  async read(who: Who, id: string, whose: string, old?: OldApp): Promise<Reading> {
    const answer = await this.#session.get(who, pathOf(this.#api, this.#endpoint, id, old), old?.headers);
    const reading = readingOf(answer, this.#key, id);
    const shown = `GET ${old?.prefix ?? this.#api.prefix}${this.#endpoint.path}`;
    this.#session.record(`${shown} as ${who?.name ?? 'a stranger'}: ${whose}`, shapeOf(reading));
    return reading;
  }

  /** The owner, then the others, then the owner again. */
  async round(
    owner: Account,
    id: string,
    others: readonly Who[],
    old?: OldApp,
  ): Promise<{ first: Reading; second: Reading; given: Map<Who, Reading> }> {
    const as = old === undefined ? '' : `, as ${old.name}`;
    const first = await this.read(owner, id, `its own object${as}`, old);
    const given = new Map<Who, Reading>();
    // Without an object of the owner's there is nothing to compare with, and nothing more is asked.
    if (first.kind !== 'content') return { first, second: first, given };
    for (const who of others) given.set(who, await this.read(who, id, `the object of ${owner.name}${as}`, old));
    return { first, second: await this.read(owner, id, `its own object, once more${as}`, old), given };
  }

  /** The other way round: whether the first owner is given the first reader's object. */
  async back(
    reader: Account,
    owner: Account,
    id: string,
    base: Pick<Case, 'own' | 'random' | 'ownerField'>,
  ): Promise<Judgement> {
    const { first, second, given } = await this.round(owner, id, [reader]);
    return judge({ ...base, first, second, given: given.get(reader) ?? NOT_ASKED });
  }
}
