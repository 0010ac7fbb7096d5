export { type InflateLimits, inflateRequest } from './inflate.ts';
export { readRequest } from './read-request.ts';
export { errorAnswer, refusalAnswer } from './refusal-answer.ts';
