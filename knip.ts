import type { KnipConfig } from 'knip';

export default {
  entry: [
    'bin/*.js',
    'src/cli/main.ts',
    // Started by path, as worker threads.
    'src/adapters/onnx/worker.ts',
    'src/compose-pull-thread.ts',
    'src/compose-read-thread.ts',
    'src/compose-serve-thread.ts',
    // Started by path, as a process of its own.
    'src/adapters/local-machine/program.ts',
    // Run by browsers.
    'src/serve/page/browser/main.ts',
    'scripts/*.ts',
    'bench/*.ts',
  ],
  project: ['src/**/*.ts', 'scripts/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts'],
  // Holds back what fastify would install: docs/dependencies.md.
  ignoreDependencies: ['light-my-request'],
  // Tools of the system.
  ignoreBinaries: [
    ...[
      'apt-get',
      'chroot',
      'debootstrap',
      'go',
      'mount',
      'setsid',
      'shellcheck',
      'ssh-keygen',
      'systemd-nspawn',
      'terraform',
      'umount',
      'unshare',
    ],
  ],
} satisfies KnipConfig;
