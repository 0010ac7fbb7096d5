import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../source.ts';
import { recognise } from '../index.ts';
import { answerOf, covers, type PathAccess } from './access.ts';
import type { Principal } from './evaluate.ts';
import type { Method } from './parse.ts';
import { type FirebaseRulesDocument, firestoreFormat } from './read.ts';

function read(body: string, version = "rules_version = '2';\n"): FirebaseRulesDocument {
  const text = `${version}service cloud.firestore {\n  match /databases/{database}/documents {\n${body}\n  }\n}\n`;
  const reading = firestoreFormat.read(sourceOf('firestore.rules', text), { text: () => null });
  expect(reading.skips).toEqual([]);
  return reading.document;
}

function answer(condition: string, principal: Principal, method: Method = 'get', more = ''): string {
  const { paths } = read(`${more}\nmatch /notes/{id} { allow ${method}: if ${condition}; }`);
  const path = paths.find((one) => one.path === '/notes/{id}');
  return (path && answerOf(path, method, principal)?.answer) ?? 'nothing';
}

describe('rules of Firestore and Storage', () => {
  it('are told by what stands in them, not by their name', () => {
    const rules = 'service cloud.firestore { match /databases/{d}/documents { match /a/{b} { allow read; } } }';
    expect(recognise('anything', `// c\n/* service */\n${rules}`)).toBe('firestore.rules');
    expect(recognise('storage.rules', rules)).toBe('firestore.rules');
    expect(recognise('x.rules', rules.replace('cloud.firestore', 'firebase.storage'))).toBe('storage.rules');
    expect(recognise('notes.txt', `Write this: ${rules}`)).toBeNull();
    expect(recognise('alerts.rules', 'groups:\n- name: service cloud.firestore\n  match: x\n')).not.toBe(
      'firestore.rules',
    );
    expect(recognise('local.rules', 'alert tcp any any -> any 80 (msg:"match"; sid:1;)')).toBeNull();
  });

  /** Sources: rules-conditions, rules-structure, reference of rules.Map and rules.Request in the Firebase documentation. */
  const CASES: readonly [condition: string, stranger: string, anyone: string, owner: string, method?: Method][] = [
    ['true', 'yes', 'yes', 'yes'],
    ['false', 'no', 'no', 'no'],
    ['request.auth != null', 'no', 'yes', 'yes'],
    ['request.auth.uid != null', 'no', 'yes', 'yes'],
    ['request.auth == null', 'yes', 'no', 'no'],
    ['request.auth == null || request.auth != null', 'yes', 'yes', 'yes'],
    ['!(request.auth.uid == id)', 'no', 'maybe', 'no'],
    ['request.auth.uid == id', 'no', 'maybe', 'yes'],
    ['request.auth.uid == resource.data.owner', 'no', 'maybe', 'maybe'],
    ['request.auth.uid in resource.data.members', 'no', 'maybe', 'maybe'],
    ['resource.data.members.hasAny([request.auth.uid])', 'no', 'maybe', 'maybe'],
    ['resource.data[request.auth.uid] == true', 'no', 'maybe', 'maybe'],
    ['request.auth.token.admin == true', 'no', 'maybe', 'maybe'],
    ["request.auth.token.get('admin', false)", 'no', 'maybe', 'maybe'],
    ['request.auth.token.email_verified == true', 'no', 'can', 'can'],
    ["request.auth.token.firebase.sign_in_provider != 'anonymous'", 'no', 'can', 'can'],
    ["request.auth.token.email == 'a@example.com'", 'no', 'maybe', 'maybe'],
    ['request.time < request.auth.token.iat + 600', 'no', 'can', 'can'],
    ['request.auth.token.email_verified && request.auth.token.auth_time > 0', 'no', 'can', 'can'],
    ['request.time < timestamp.date(2999, 1, 1)', 'yes', 'yes', 'yes'],
    ['request.time < timestamp.date(2001, 1, 1)', 'no', 'no', 'no'],
    ['exists(/databases/$(database)/documents/admins/$(request.auth.uid))', 'no', 'maybe', 'maybe'],
    ['get(/databases/$(database)/documents/a/b).data.open == true', 'maybe', 'maybe', 'maybe'],
    ['resource.data.public == true', 'maybe', 'maybe', 'maybe'],
    ['resource == null', 'yes', 'yes', 'yes', 'create'],
    ['resource == null', 'no', 'no', 'no', 'update'],
    ['request.resource.data.owner == request.auth.uid', 'no', 'can', 'can', 'create'],
    ['request.resource.data.size() < 5', 'can', 'can', 'can', 'create'],
    ['request.resource.data.size() < 5', 'no', 'no', 'no', 'delete'],
    ['request.auth != null ? true : resource.data.open', 'maybe', 'yes', 'yes'],
    ['somethingUnknown(request.auth)', 'no', 'no', 'no'],
    ["request.auth.uid == 'abc' || 2 > 1", 'yes', 'yes', 'yes'],
  ];
  for (const [condition, stranger, anyone, owner, method] of CASES) {
    it(`evaluates ${condition} for ${method ?? 'get'}`, () => {
      if (condition.startsWith('somethingUnknown')) return expect(answer(condition, 'anyone')).not.toBe('yes');
      const found = (['stranger', 'anyone', 'owner'] as const).map((principal) => answer(condition, principal, method));
      expect(found).toEqual([stranger, anyone, owner]);
    });
  }

  it('follows functions with their parameters and variables, and gives up on ones that call themselves', () => {
    const own = 'function mine(user) { let me = request.auth.uid; return me == user; }';
    expect(answer('mine(id)', 'anyone', 'get', own)).toBe('maybe');
    expect(answer('mine(request.auth.uid)', 'anyone', 'get', own)).toBe('yes');
    expect(answer('loop(1)', 'anyone', 'get', 'function loop(a) { return loop(a) || loop(a); }')).toBe('maybe');
  });

  it('knows which paths a wildcard stands for in each version', () => {
    const segments = (path: string): PathAccess['segments'] =>
      read(`match ${path} { allow read; }`).paths[1]?.segments ?? [];
    const wide = segments('/users/{uid}/{rest=**}');
    expect(covers(wide, segments('/users/{id}/notes/{note}'), '1')).toBe(true);
    expect(covers(wide, segments('/users/{id}'), '1')).toBe(false);
    expect(covers(wide, segments('/users/{id}'), '2')).toBe(true);
    expect(covers(wide, segments('/posts/{id}'), '2')).toBe(false);
    expect(covers(segments('/users/a'), segments('/users/{id}'), '2')).toBe(false);
  });

  it('says nothing of a path that no document has', () => {
    expect(read('match /users { allow read; }').paths[1]?.reach).toBe('never');
    expect(read('match /{document} { allow read; }').paths[1]?.reach).toBe('never');
    expect(read('match /{a}/{b} { allow read; }').paths[1]?.reach).toBe('all');
  });

  it('reads on behind a statement that it does not understand, and says so', () => {
    const text =
      'service cloud.firestore { match /databases/{d}/documents { match /a/{b} { allow read: if (((; } match /c/{d} { allow read: if true; } } }';
    const { document, status, skips } = firestoreFormat.read(sourceOf('x', text), { text: () => null });
    expect(status).toBe('partial');
    expect(skips).toHaveLength(1);
    expect(document.paths.map(({ path }) => path)).toContain('/c/{d}');
  });

  it('tells a file that firebase.json does not name', () => {
    const source = sourceOf(
      'app/old.rules',
      'service cloud.firestore { match /databases/{d}/documents { match /a/{b} { allow read; } } }',
    );
    const text = (path: string): string | null =>
      path === 'app/firebase.json' ? '{"firestore":{"rules":"firestore.rules"}}' : null;
    expect(firestoreFormat.read(source, { text }).document.deployed).toBe(false);
    expect(firestoreFormat.read(source, { text: () => null }).document.deployed).toBeNull();
  });

  it('takes functions that double at each level, and endless nesting, within seconds', () => {
    const doubling = Array.from(
      { length: 60 },
      (_all, at) => `function f${at}(a) { return f${at + 1}(a) || f${at + 1}(a); }`,
    ).join('\n');
    const body = `${doubling}\n${'match /a/{b} { allow read, write: if f0(1); }\n'.repeat(2000)}`;
    const started = process.cpuUsage();
    const text = `service cloud.firestore { match /databases/{d}/documents {\n${body}\n} }`;
    expect(firestoreFormat.read(sourceOf('x', text), { text: () => null }).status).toBe('partial');
    for (const nested of [
      'match /a/{b} { '.repeat(100_000),
      `match /a/{b} { allow read: if ${'('.repeat(100_000)}`,
      '!'.repeat(200_000),
    ]) {
      const deep = `service cloud.firestore { match /databases/{d}/documents { match /a/{b} { allow read: if ${nested}`;
      expect(firestoreFormat.read(sourceOf('x', deep), { text: () => null }).status).toBe('partial');
    }
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(20);
  });
});
