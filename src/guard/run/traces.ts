/** One OpenTelemetry span for each request, for whoever has loaded an SDK. No header of the client decides anything. */
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { VERSION } from '../../core/version.ts';
import type { Answer, RawRequest } from '../contract/request.ts';

type Handle = (request: RawRequest) => Promise<Answer>;

/** Attributes hold the status and the request id; paths and bodies are the client's and stay out. */
export function traced(handle: Handle): Handle {
  const tracer = trace.getTracer('postern', VERSION);
  return async (request) => {
    const span = tracer.startSpan('guard.request', { kind: SpanKind.SERVER });
    try {
      const answer = await handle(request);
      span.setAttribute('http.response.status_code', answer.status);
      span.setAttribute('postern.request.id', answer.headers['x-request-id'] ?? '');
      if (answer.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      return answer;
    } finally {
      span.end();
    }
  };
}
