import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../contract/refusal.ts';
import { errorReply } from './index.ts';
import { answerOf } from './testing/scenario.ts';

function storeError(status: number, type: string, cause = type) {
  return answerOf(
    {
      error: {
        root_cause: [{ type: cause, reason: 'CANARY-FLD-1', index: 'canaryidx', index_uuid: 'x' }],
        type,
        reason: "failed to parse field [age]. Preview of field's value: 'CANARY-FLD-1'",
        failed_shards: [{ node: 'CANARY-DOC-1' }],
      },
      status,
    },
    status,
  );
}

function outcome(answer: Parameters<typeof errorReply>[0]): unknown {
  try {
    const { status, body } = errorReply(answer);
    return { status, ...JSON.parse(String(body)).error };
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

describe('errors of the store (B181)', () => {
  it('keep a listed type, with a status and a sentence of ours', () => {
    const reason = 'the store did not accept the request';
    expect(outcome(storeError(400, 'mapper_parsing_exception'))).toEqual({
      status: 400,
      type: 'mapper_parsing_exception',
      reason,
      root_cause: [{ type: 'mapper_parsing_exception', reason }],
    });
    expect(outcome(storeError(409, 'version_conflict_engine_exception'))).toMatchObject({ status: 409 });
    expect(outcome(storeError(400, 'search_phase_execution_exception', 'query_shard_exception'))).toMatchObject({
      type: 'query_shard_exception',
    });
    expect(outcome(storeError(429, 'circuit_breaking_exception'))).toMatchObject({ status: 429 });
    expect(outcome(storeError(403, 'cluster_block_exception'))).toMatchObject({ status: 429 });
    expect(outcome(storeError(503, 'x', 'unavailable_shards_exception'))).toMatchObject({ status: 503 });
  });

  it('say nothing of a type that is not listed', () => {
    expect(outcome(storeError(400, 'canary_exception'))).toMatchObject({
      status: 400,
      type: 'illegal_argument_exception',
    });
    expect(outcome(storeError(500, 'canary_exception'))).toBe('upstream_answer');
    expect(outcome(answerOf('<html>CANARY-DOC-1', 502))).toBe('upstream_answer');
    expect(outcome(answerOf('', 400))).toMatchObject({ status: 400 });
    expect(outcome(answerOf('{"error":"CANARY-DOC-1"}', 400))).toMatchObject({ status: 400 });
  });

  it('are one with what does not exist, and with what the gateway itself may not do', () => {
    expect(outcome(storeError(404, 'index_not_found_exception'))).toBe('absent');
    expect(outcome(answerOf('{}', 404))).toBe('absent');
    expect(outcome(storeError(500, 'search_phase_execution_exception', 'search_context_missing_exception'))).toBe(
      'absent',
    );
    expect(outcome(storeError(403, 'security_exception'))).toBe('unavailable');
    expect(outcome(storeError(401, 'security_exception'))).toBe('unavailable');
  });

  it('show no byte of the store’s words', () => {
    for (const status of [400, 409, 429, 503]) {
      for (const type of ['parsing_exception', 'canary', 'version_conflict_engine_exception']) {
        expect(JSON.stringify(outcome(storeError(status, type)))).not.toMatch(/canary/i);
      }
    }
  });
});
