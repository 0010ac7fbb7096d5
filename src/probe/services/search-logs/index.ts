/** Log servers: one product each, told apart by their own paths. */
import type { ProbeService } from '../../service.ts';
import { graylog } from './graylog.ts';
import { loki } from './loki.ts';
import { sentry } from './sentry.ts';
import { seq } from './seq.ts';
import { splunk } from './splunk.ts';

export const searchLogs: readonly ProbeService[] = [loki, graylog, splunk, seq, sentry];
