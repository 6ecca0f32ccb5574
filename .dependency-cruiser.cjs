const FEATURES = [
  'publish',
  'dataset',
  'quality',
  'model',
  'training',
  'ci',
  'cloud',
  'doctor',
  'init',
  'status',
  'serve',
];

/** What a feature may use besides itself, ports and config (docs: CONTRIBUTING.md, "Imports"). */
const MAY_USE = {
  publish: ['dataset', 'quality', 'model'],
  quality: ['model'],
  status: ['dataset', 'publish', 'cloud'],
  model: ['dataset'],
  training: ['dataset', 'model'],
  serve: ['model'],
  ci: FEATURES,
};

const featureRules = FEATURES.map((feature) => {
  const allowed = [feature, ...(MAY_USE[feature] ?? [])];
  const forbidden = FEATURES.filter((other) => !allowed.includes(other));
  return {
    name: `${feature}-stays-apart`,
    severity: 'error',
    comment: `src/${feature} may import only ${allowed.join(', ')} among the features`,
    from: { path: `^src/${feature}/` },
    to: { path: `^src/(${forbidden.join('|') || '-'})/` },
  };
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...featureRules,
    {
      name: 'features-do-not-know-adapters',
      severity: 'error',
      comment:
        'only src/compose.ts and its parts import adapters: compose-cloud.ts, and compose-*-thread.ts in threads of their own',
      from: { path: '^src/', pathNot: '^src/(adapters/|compose(-cloud|-(pull|read|serve)-thread)?\\.ts$)' },
      to: { path: '^src/adapters/' },
    },
    {
      name: 'ports-import-nothing-of-ours',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { path: '^src/', pathNot: '^src/(ports/|errors\\.ts$)' },
    },
    {
      name: 'adapters-know-only-ports-and-config',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/', pathNot: '^src/(adapters/|ports/|config/|commits/|errors\\.ts$)' },
    },
    {
      name: 'shared-folders-know-no-feature',
      severity: 'error',
      from: { path: '^src/(clone|commits|page|pictures)/' },
      to: { path: '^src/', pathNot: '^src/(clone/|commits/|page/|pictures/|ports/|errors\\.ts$)' },
    },
    {
      name: 'only-cli-and-compose-reach-compose',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli/|compose(-cloud|-pull-thread|-serve-thread)?\\.ts$)' },
      to: { path: '^src/compose(-cloud)?\\.ts$' },
    },
    {
      name: 'threads-are-started-not-imported',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/compose-(pull|read|serve)-thread\\.ts$' },
    },
    {
      name: 'nobody-imports-the-cli',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'descriptions-load-no-command',
      severity: 'error',
      comment: 'what every start loads only describes commands; their code comes with import() when one runs',
      from: { path: '^src/cli/(main\\.ts$|commands/)' },
      to: {
        path: '^src/',
        pathNot:
          '^src/(cli/(commands/|print-error\\.ts$)|errors\\.ts$|config/package-(version|root)\\.ts$|clone/local-error\\.ts$)',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'pure-rules-do-no-io',
      severity: 'error',
      comment: 'files named *.pure.ts are decisions: no file, process or network module',
      from: { path: '\\.pure\\.ts$' },
      to: { path: '^(node:)?(fs|fs/promises|child_process|net|http|https|worker_threads)$' },
    },
    {
      name: 'features-do-no-raw-processes-or-network',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(adapters/|compose(-cloud|-pull-thread|-serve-thread)?\\.ts$)' },
      to: { path: '^(node:)?(child_process|net|http|https|worker_threads)$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types'],
      extensions: ['.ts', '.js'],
    },
  },
};
