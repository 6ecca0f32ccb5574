/** What usually is behind words that a failing job prints. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /out of memory|MemoryError|cannot allocate memory|ended by SIGKILL/i,
    'The machine has too little memory: smaller batches or images, or a larger machine.',
  ],
  [
    /ModuleNotFoundError|No module named|Cannot find module/,
    'Something that the training command needs is not installed on this machine.',
  ],
  [/No space left on device|ENOSPC/, 'The disk is full.'],
  [
    /ExpiredToken|credentials have expired|has ended/i,
    'The AWS session has ended (in AWS Academy after about four hours): put new credentials into the secrets.',
  ],
  [
    /explicit deny|AccessDenied/i,
    'The credentials of this machine may not do that. AWS Academy denies some things for everybody.',
  ],
  [
    /database is locked|\b503\b/i,
    'MLflow on SQLite cannot take many writes at once: log once per epoch, or use PostgreSQL.',
  ],
  [
    /Resource not accessible by integration|not permitted to create or approve pull requests/i,
    'Allow it on GitHub: Settings, Actions, General, Workflow permissions.',
  ],
  [/protected branch|GH006|GH013/i, 'A rule of the remote protects the branch, also from this machine.'],
  [/no commit in common|unshallow/i, 'The clone is shallow: fetch-depth: 0 in the checkout.'],
];

/** Null: nothing known. */
export function likelyCause(text: string): string | null {
  return CAUSES.find(([words]) => words.test(text))?.[1] ?? null;
}
