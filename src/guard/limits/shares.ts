import { PosternError } from '../../core/errors.ts';
import type { CallLimits, RoleLimits } from '../policy/limits-config.ts';

/**
 * What one of several processes may allow when each counts in its own memory: its part, so that all together never allow
 * more than the policy says. A principal whose connections all reach one process gets that part only.
 *
 * @throws PosternError `E_CONFIG_INVALID` where a limit is smaller than the number of processes
 */
export function shareOfRole(limits: RoleLimits, workers: number): RoleLimits {
  const { documents } = limits;
  return {
    ...shareOfCalls(limits, workers),
    documents: documents && { count: share(documents.count, workers, 'documents'), windowMs: documents.windowMs },
  };
}

/**
 * As `shareOfRole`, for limits that are small on purpose: where one cannot be divided, each process allows one. Then all
 * together may allow as many at once as there are processes, and no more in the long run.
 */
export function smallShareOfRole({ rate, concurrent, documents }: RoleLimits, workers: number): RoleLimits {
  const part = (total: number) => Math.max(1, Math.floor(total / workers));
  return {
    rate: rate && { perSecond: rate.perSecond / workers, burst: part(rate.burst) },
    concurrent: concurrent === null ? null : part(concurrent),
    documents: documents && { count: part(documents.count), windowMs: documents.windowMs },
  };
}

export function shareOfCalls(limits: CallLimits, workers: number): CallLimits {
  const { rate, concurrent } = limits;
  return {
    rate: rate && { perSecond: rate.perSecond / workers, burst: share(rate.burst, workers, 'burst') },
    concurrent: concurrent === null ? null : share(concurrent, workers, 'concurrent'),
  };
}

function share(total: number, workers: number, name: string): number {
  const part = Math.floor(total / workers);
  if (part < 1) {
    throw new PosternError(
      'E_CONFIG_INVALID',
      `the limit \`${name}: ${total}\` cannot be divided by ${workers} workers`,
      {
        hint: 'Raise the limit, run fewer workers, or count in a Valkey or Redis (`limits.store`).',
      },
    );
  }
  return part;
}
