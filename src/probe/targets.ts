/** Lines of a targets file: one `host`, `host:port` or `host:port/service` each; `#` starts a comment. */
import { PosternError } from '../core/errors.ts';

export interface TargetLine {
  /** As written. */
  label: string;
  host: string;
  port?: number;
  service?: string;
  /** 1-based; absent on the command line. */
  line?: number;
}

/** `[2001:db8::7]:9200/elasticsearch`, `2001:db8::7`, `shop.example:9200`, `127.0.0.1/redis` */
const LINE = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+)|([0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*))(?::(\d{1,5}))?(?:\/([a-z0-9-]+))?$/i;

/** @throws PosternError `E_USAGE` with the line's number */
export function parseTargets(content: string, path: string): TargetLine[] {
  return content.split(/\r?\n/).flatMap((raw, index) => {
    const label = raw.replace(/(?:^|\s)#.*$/, '').trim();
    return label === '' ? [] : [parseTarget(label, path, index + 1)];
  });
}

/** @throws PosternError `E_USAGE` */
export function parseTarget(label: string, path?: string, line?: number): TargetLine {
  const match = LINE.exec(label);
  const host = match?.[1] ?? match?.[2] ?? match?.[3];
  const port = match?.[4] === undefined ? undefined : Number(match[4]);
  if (host === undefined || (port !== undefined && (port < 1 || port > 65_535))) {
    // A line of a file is not quoted: the file may be another one, named by mistake, that holds passwords.
    throw new PosternError('E_USAGE', path === undefined ? `"${label}" is not a target.` : 'This is not a target.', {
      ...(path === undefined ? {} : { at: { path, ...(line === undefined ? {} : { line }) } }),
      hint: 'Write one `host`, `host:port` or `host:port/service` per line, IPv6 addresses as [2001:db8::7]:9200.',
    });
  }
  const service = match?.[5];
  return {
    label,
    host,
    ...(line === undefined ? {} : { line }),
    ...(port === undefined ? {} : { port }),
    ...(service === undefined ? {} : { service }),
  };
}
