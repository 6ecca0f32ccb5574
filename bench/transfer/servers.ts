import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { startS3Server, TEST_KEYS } from '../../test/support/s3-server.js';
import { selfSigned } from '../../test/support/self-signed.js';
import { startVersity } from '../../test/support/versitygw.js';
import type { Workspace } from '../support/workspace.js';
import type { Target } from './programs.js';

export interface RunningTarget extends Target {
  stop(): Promise<void>;
}

/**
 * A real and a simple server, over HTTPS and each in a process of its own. Throws when the real one cannot be had:
 * ratios measured against the simple one would look alike and mean something else.
 */
export async function startTargets(workspace: Workspace, script: string): Promise<RunningTarget[]> {
  const tls = selfSigned();
  const certificate = join(workspace.top, 'certificate.pem');
  await writeFile(certificate, tls.cert);
  const versity = await startVersity(tls);
  const simple = await startElsewhere(script, tls);
  return [
    { ...versity, name: 'versitygw', certificate },
    { ...simple, name: "the tests' own server", keys: TEST_KEYS, certificate },
  ];
}

type Certificate = ReturnType<typeof selfSigned>;

async function startElsewhere(script: string, tls: Certificate) {
  const child = execa('node', ['--import', 'tsx', script, 'serve'], {
    ipc: true,
    env: { SERVER_TLS: JSON.stringify(tls) },
    reject: false,
  });
  const url = String(await child.getOneMessage());
  const stop = async () => {
    child.kill();
    await child;
  };
  return { url, stop };
}

/** What the other process does. */
export async function serve(): Promise<void> {
  const { url } = await startS3Server({ tls: JSON.parse(process.env.SERVER_TLS ?? '') });
  process.send?.(url);
}
