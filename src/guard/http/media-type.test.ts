import { describe, expect, it } from 'vitest';
import { readAccept, readContentType } from './media-type.ts';
import { refusedWith } from './testing/raw-request.ts';

describe('Content-Type', () => {
  it.each([
    ['application/json', 'json', null],
    ['application/json; charset=utf-8', 'json', null],
    ['Application/JSON;charset=UTF-8', 'json', null],
    ['application/json ;  charset="utf-8"', 'json', null],
    ['application/x-ndjson', 'ndjson', null],
    ['application/vnd.elasticsearch+json', 'json', null],
    ['application/vnd.elasticsearch+json;compatible-with=8', 'json', '8'],
    ['application/vnd.elasticsearch+x-ndjson; compatible-with=9', 'ndjson', '9'],
    ['application/vnd.elasticsearch+json; compatible-with=8; charset=utf-8', 'json', '8'],
  ])('takes %s', (text, kind, compatibleWith) => {
    expect(readContentType(text)).toEqual({ kind, compatibleWith });
  });

  it.each([
    '',
    'json',
    'text/plain',
    'text/json',
    'application/x-www-form-urlencoded',
    'application/json;charset=utf-7',
    'application/json; charset=utf-16',
    'application/json; charset=utf-8; charset=utf-8',
    'application/json/yaml',
    'application/json, application/yaml',
    'application/json;',
    'application/json; version=1',
    'application/json; compatible-with=8',
    'application/yaml',
    'application/cbor',
    'application/smile',
    'application/x-json',
    'application/vnd.elasticsearch+cbor;compatible-with=8',
    'application/vnd.elasticsearch+json;compatible-with=7',
    'application/vnd.elasticsearch+json;compatible-with=10',
    'application/vnd.elasticsearch+json;compatible-with=8;compatible-with=9',
    'application/vnd.mapbox-vector-tile',
    `application/json;${' '.repeat(5000)}`,
  ])('refuses %s (B069)', (text) => {
    expect(refusedWith(() => readContentType(text))).toBe('unsupported_media');
  });
});

describe('Accept', () => {
  it.each([
    ['*/*', null],
    ['application/*', null],
    ['application/json', null],
    ['text/plain,application/json', null],
    ['text/html, */*;q=0.8', null],
    ['application/json;q=0.5', null],
    ['application/vnd.elasticsearch+json; compatible-with=8', '8'],
    ['application/vnd.elasticsearch+json; compatible-with=8,text/plain', '8'],
    ['application/vnd.elasticsearch+x-ndjson;compatible-with=9', '9'],
  ])('takes %s', (text, version) => {
    expect(readAccept(text)).toBe(version);
  });

  it.each([
    '',
    'application/cbor',
    'application/yaml',
    'text/plain',
    'application/json;q=0',
    '*/*;q=0.0',
    'application/vnd.elasticsearch+json;compatible-with=7',
    'application/vnd.mapbox-vector-tile',
    `*/*;q=${'1'.repeat(500)}`,
  ])('refuses %s (B030, B044)', (text) => {
    expect(refusedWith(() => readAccept(text))).toBe('not_acceptable');
  });
});
