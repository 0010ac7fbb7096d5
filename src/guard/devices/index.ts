/** Access bound to the genuine app on the person's own device: enrolment, tokens, requirements. */
export { createDevices, type Devices, type DevicesOptions, type Met } from './devices.ts';
export { createVerifiers } from './verifiers.ts';
