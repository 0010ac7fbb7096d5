export { checkExitCode } from './exit-code.ts';
export { runCheck } from './run-check.ts';
export { runVerify } from './verify/run-verify.ts';
