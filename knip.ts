import type { KnipConfig } from 'knip';

export default {
  entry: [
    'bin/*.js',
    'src/cli/main.ts',
    // Started by path, as a worker thread.
    'src/adapters/onnx/worker.ts',
    'scripts/*.ts',
    'bench/*.ts',
  ],
  project: ['src/**/*.ts', 'scripts/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts'],
  // Tools of the system that tests use.
  ignoreBinaries: ['go', 'mount', 'setsid', 'umount'],
} satisfies KnipConfig;
