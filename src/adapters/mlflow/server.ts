import { readFileSync } from 'node:fs';
import { CONFIG_FILE, type Config } from '../../config/schema.js';
import { EXIT, WmsError } from '../../errors.js';

/** Where the MLflow server is, and how it is spoken to. */
export interface MlflowServer {
  /** `https://host:port/prefix`, without a slash at its end and without secrets. */
  readonly url: string;
  /** Who named it, for people. */
  readonly namedBy: string;
  /** Value of the header; null: none is sent. */
  readonly authorization: string | null;
  /** Options of TLS connections. */
  readonly tls: { readonly rejectUnauthorized?: boolean; readonly ca?: Buffer };
}

/**
 * The server of the environment, else that of the settings; null when neither names one. Variables are those of
 * MLflow's own clients. Throws WmsError (exit code 2) for an address or a certificate that cannot be used.
 */
export function findServer(settings: Config['tracking'], env: NodeJS.ProcessEnv): MlflowServer | null {
  const namedBy = env.MLFLOW_TRACKING_URI ? 'MLFLOW_TRACKING_URI' : `tracking.uri in ${CONFIG_FILE}`;
  const uri = env.MLFLOW_TRACKING_URI || settings.uri;
  if (uri === undefined) return null;
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw notAServer(namedBy, uri);
  return {
    url: `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`,
    namedBy,
    authorization: authorization(url, env),
    tls: tlsOptions(env),
  };
}

function authorization(url: URL, env: NodeJS.ProcessEnv): string | null {
  const basic = (user: string, password: string) =>
    `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const { MLFLOW_TRACKING_USERNAME: user, MLFLOW_TRACKING_PASSWORD: password } = env;
  if (user && password) return basic(user, password);
  if (env.MLFLOW_TRACKING_TOKEN) return `Bearer ${env.MLFLOW_TRACKING_TOKEN}`;
  if (url.username === '') return null;
  return basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
}

function tlsOptions(env: NodeJS.ProcessEnv): MlflowServer['tls'] {
  if (/^(true|1)$/i.test(env.MLFLOW_TRACKING_INSECURE_TLS ?? '')) return { rejectUnauthorized: false };
  const path = env.MLFLOW_TRACKING_SERVER_CERT_PATH;
  if (!path) return {};
  try {
    return { ca: readFileSync(path) };
  } catch (error) {
    throw new WmsError({
      kind: 'tracking/certificate',
      code: EXIT.usage,
      what: `The certificate ${path} cannot be read.`,
      why: `${(error as Error).message}. MLFLOW_TRACKING_SERVER_CERT_PATH names it.`,
      next: 'Correct or unset MLFLOW_TRACKING_SERVER_CERT_PATH.',
      cause: error,
    });
  }
}

function notAServer(namedBy: string, uri: string): WmsError {
  const scheme = /^[a-z][\w+.-]*(?=:)/i.exec(uri)?.[0];
  return new WmsError({
    kind: 'tracking/not-a-server',
    code: EXIT.usage,
    what: `${namedBy} does not name an MLflow server.`,
    why:
      scheme === undefined
        ? 'It is a path, where MLflow would keep runs on this machine only.'
        : `Its scheme is ${scheme}:; wms speaks to servers over http: and https: only.`,
    next: 'Set it to the address of the server, e.g. http://127.0.0.1:5000.',
  });
}
