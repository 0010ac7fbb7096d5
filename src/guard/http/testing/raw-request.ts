import { Refusal, type RefusalCode } from '../../contract/refusal.ts';
import type { RawRequest } from '../../contract/request.ts';

/** A request as the listener would hand it over. */
export function rawRequest(target: string, given: Partial<RawRequest> & { body?: Uint8Array } = {}): RawRequest {
  return {
    method: 'GET',
    target,
    headers: ['Host', 'search.example.org'],
    body: new Uint8Array(0),
    peer: { address: '127.0.0.1', port: 50_000 },
    protocol: '1.1',
    origin: 'https://search.example.org',
    ...given,
  };
}

/** The refusal's code; `undefined` when the call went through. */
export function refusedWith(call: () => unknown): RefusalCode | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return undefined;
}
