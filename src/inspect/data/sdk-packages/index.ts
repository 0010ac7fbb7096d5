/** Every library and SDK that is known by name. */
import { GOOGLE } from './google.ts';
import { LIBRARIES } from './libraries.ts';
import { LIBRARY_PARTS } from './library-parts.ts';
import { PLATFORM } from './platform.ts';
import type { SdkPackage } from './sdk-package.ts';
import { SERVICES } from './services.ts';
import { TRACKERS } from './trackers.ts';

export type { SdkPackage } from './sdk-package.ts';

export const SDK_PACKAGES: readonly SdkPackage[] = [
  ...PLATFORM,
  ...GOOGLE,
  ...LIBRARIES,
  ...LIBRARY_PARTS,
  ...TRACKERS,
  ...SERVICES,
];
