/** Access bound to the genuine app on the person's own device: enrolment, tokens, requirements. */
export { createDevices, type Devices } from './devices.ts';
export { createVerifiers } from './verifiers.ts';
