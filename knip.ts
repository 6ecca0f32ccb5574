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
  ignoreBinaries: [
    ...[
      'apt-get',
      'chroot',
      'debootstrap',
      'go',
      'mount',
      'setsid',
      'shellcheck',
      'systemd-nspawn',
      'umount',
    ],
  ],
} satisfies KnipConfig;
