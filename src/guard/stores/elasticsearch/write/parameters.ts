/** The parameters of writes. The route table has checked their form; here is what they may mean. */
import { Refusal } from '../../../contract/refusal.ts';
import type { ParsedRequest } from '../../../contract/request.ts';
import type { Condition } from './item.ts';
import { numberText } from './number-text.ts';
import type { WriteOptions } from './request.ts';

export function refreshOf({ query }: ParsedRequest): WriteOptions['refresh'] {
  const refresh = query.get('refresh');
  if (refresh === undefined || refresh === 'false' || refresh === 'wait_for') return refresh;
  if (refresh === 'true' || refresh === '') return 'true';
  throw new Refusal('malformed_parameter', 'parameters.refresh: not of the expected form');
}

/** Both or none. @throws Refusal `malformed_parameter` */
export function conditionOf({ query }: ParsedRequest): Condition | null {
  const seqNo = query.get('if_seq_no');
  const primaryTerm = query.get('if_primary_term');
  if (seqNo === undefined && primaryTerm === undefined) return null;
  if (seqNo === undefined || primaryTerm === undefined)
    throw new Refusal('malformed_parameter', 'parameters.if_seq_no: without its other half');
  return { seqNo: numberText(seqNo), primaryTerm: numberText(primaryTerm) };
}
