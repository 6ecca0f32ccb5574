import { EXIT, WmsError } from '../../errors.js';

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already',
  EACCES: 'this account may not listen there (ports below 1024 are for administrators)',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'nothing has this name',
};

export function cannotListen(host: string, port: number, error: NodeJS.ErrnoException): WmsError {
  return new WmsError({
    kind: 'serve/cannot-listen',
    code: EXIT.usage,
    what: `Cannot listen at ${host}, port ${port}`,
    why: REASONS[error.code ?? ''] ?? error.message,
    next: 'Name another: npx wms serve --host 127.0.0.1 --port 0 takes any port that is free.',
    cause: error,
  });
}
