import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout,
    hookTimeout: testTimeout,
    // Imports JSON in a way that Node 20 does not know, but vite does.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
  },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      project('unit', 10_000),
      project('contract', 30_000),
      project('integration', 60_000),
      project('e2e', 240_000),
      project('interop', 600_000),
    ],
  },
});
