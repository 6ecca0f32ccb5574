import os from 'node:os';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import type { Prompter } from '../../ports/prompter.js';
import type { Forward, Tunnel } from '../../ports/tunnels.js';
import { ec2Error } from '../ec2/errors.js';
import { openHttp } from '../mlflow/http.js';
import { awsFiles } from '../s3/aws-files.js';
import { connectionSettings } from '../s3/connection-settings.js';
import { chooseSource, credentialsProvider } from '../s3/credentials.js';
import { failureOf } from '../s3/failure.js';
import { Signer, sha256 } from '../s3/lean/sign.js';
import { allTunnels } from './all-tunnels.js';
import { openProcessTunnel } from './process-tunnel.js';

export interface AccountParts {
  /** Its credentials are used here, too. */
  readonly remote: S3Remote;
  readonly env: NodeJS.ProcessEnv;
  readonly prompter: Prompter;
}

export const PLUGIN = 'session-manager-plugin';
const SILENCE_MS = 20_000;

/** One session of Session Manager, and one plugin, for each port. */
export function openSessionManager(
  parts: AccountParts,
  machine: string,
  region: string,
  forwards: readonly Forward[],
): Promise<Tunnel> {
  return allTunnels(
    forwards.map((forward) => async () => {
      const request = {
        Target: machine,
        DocumentName: 'AWS-StartPortForwardingSession',
        Parameters: { portNumber: [String(forward.remote)], localPortNumber: [String(forward.local)] },
      };
      const endpoint = endpointIn(parts.env, region);
      const session = await startSession(parts, region, endpoint, request);
      const words = [session, region, 'StartSession', '', JSON.stringify(request), endpoint];
      return openProcessTunnel('Session Manager', [PLUGIN, ...words], parts.env, [forward]);
    }),
  );
}

function endpointIn(env: NodeJS.ProcessEnv, region: string): string {
  const named = env.AWS_ENDPOINT_URL_SSM || env.AWS_ENDPOINT_URL;
  return named ? named.replace(/\/$/, '') : `https://ssm.${region}.amazonaws.com`;
}

/** One request, so the SDK's client of 10 MB is not worth its weight. Answers the session as the plugin wants it. */
async function startSession(
  { remote, env, prompter }: AccountParts,
  region: string,
  endpoint: string,
  request: object,
): Promise<string> {
  const files = awsFiles(remote, env, os.homedir());
  const source = chooseSource(remote, env, files);
  const server = `Session Manager in ${region}`;
  const context = { subject: server, server, source, region, again: 'try again' };
  const credentials = await credentialsProvider({ source, files, prompter, region })().catch((error) => {
    throw ec2Error(failureOf(error), context);
  });
  const secrets = [credentials.secretAccessKey, credentials.sessionToken ?? ''].filter((one) => one !== '');
  const url = new URL(`${endpoint}/`);
  const body = Buffer.from(JSON.stringify(request));
  const unsigned = {
    host: url.host,
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonSSM.StartSession',
    'x-amz-content-sha256': sha256(body),
  };
  const signer = new Signer(region, 'ssm');
  const signed = signer.sign({ method: 'POST', path: '/', headers: unsigned }, credentials, Date.now());
  const { tls } = await connectionSettings({ ...remote, sslVerify: true }, env);
  try {
    const answer = await openHttp(tls)({ method: 'POST', url, headers: signed, body, silence: SILENCE_MS });
    const text = answer.body.toString();
    if (answer.status === 200) return text;
    throw refusal(answer.status, text);
  } catch (error) {
    throw ec2Error(failureOf(error, secrets), context);
  }
}

/** In the SDK's form, which our texts are made from. */
function refusal(status: number, text: string): Error {
  const told = { __type: 'Error', message: text.slice(0, 300), Message: undefined };
  try {
    Object.assign(told, JSON.parse(text));
  } catch {
    // Not from AWS: told as it is.
  }
  const name = told.__type.replace(/^.*#/, '');
  const $metadata = { httpStatusCode: status };
  return Object.assign(new Error(told.Message ?? told.message), { name, Code: name, $metadata });
}
