import { defineConfig } from 'vitest/config';

/** Tests in which other programs run: servers, processes of our own, compilers. */
const PROGRAMS = ['test/servers/**/*.test.ts', 'test/guard/faults/**/*.test.ts', 'test/suites/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/summary-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'code',
          include: ['src/**/*.test.ts', 'lab/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...PROGRAMS],
        },
      },
      {
        extends: true,
        test: {
          name: 'programs',
          include: PROGRAMS,
          // On a busy machine a program may miss a deadline once. It is told as retried; what fails twice in a row fails.
          retry: 1,
        },
      },
    ],
  },
});
