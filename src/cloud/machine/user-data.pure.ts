import { gzipSync } from 'node:zlib';
import { EXIT, WmsError } from '../../errors.js';
import { DEADLINE_TAG, DUMP_TAG } from '../../ports/compute.js';
import { base85 } from './base85.pure.js';
import { DOOR_PORT, doorsKeyOf, logKeyOf, type MachineFacts, refuseUnsafeFacts } from './facts.js';

/** EC2 takes no more, in bytes before its base64. */
export const MOST_USER_DATA = 16 * 1024;

const UNIT = /\.(service|timer|socket)$/;
/** Byte of a gzip header that says which system made it: 255 is unknown. */
const GZIP_SYSTEM = 9;
/** All files as one, `{ path: text }`: packed alone, each would take half as much again. */
const FILES = '/opt/wms/files';
const UNPACK = `import base64,gzip,json,pathlib
files = json.loads(gzip.decompress(base64.b85decode(open("${FILES}").read())))
for path, text in files.items(): pathlib.Path(path).write_text(text)`;

/**
 * What cloud-init runs at the machine's first start: it writes `files` (of templates/machine, by name) and the facts, arms
 * the watchdog before anything else, and starts the bootstrap, which goes on at later starts. Pure: the same facts and
 * files are the same text. Throws WmsErrors (exit code 2): `cloud/unsafe-setting`, and `cloud/user-data-too-long` when EC2
 * would refuse the size.
 */
export function machineUserData(facts: MachineFacts, files: ReadonlyMap<string, string>): string {
  refuseUnsafeFacts(facts);
  const tags = { deadlineTag: DEADLINE_TAG, dumpTag: DUMP_TAG };
  const keys = { logKey: logKeyOf(facts), doorsKey: doorsKeyOf(facts) };
  const told = { ...facts, ...tags, ...keys, doorPort: DOOR_PORT };
  const written = {
    '/etc/wms/facts.json': `${JSON.stringify(told, null, 1)}\n`,
    '/etc/wms/machine.env': environment(facts),
    ...Object.fromEntries([...files].map(([name, content]) => [placeOf(name), content])),
  };
  const config = {
    write_files: [{ path: FILES, content: packed(JSON.stringify(written)) }],
    runcmd: [
      ['mkdir', '-p', '/etc/wms'],
      ['python3', '-c', UNPACK],
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', '--now', 'wms-watchdog.timer'],
      ['systemctl', 'enable', '--now', '--no-block', 'wms-bootstrap.service'],
    ],
  };
  // JSON is YAML, too.
  const text = `#cloud-config\n${JSON.stringify(config, null, 1)}\n`;
  refuseTooLong(Buffer.byteLength(text));
  return text;
}

function refuseTooLong(bytes: number): void {
  if (bytes <= MOST_USER_DATA) return;
  throw new WmsError({
    kind: 'cloud/user-data-too-long',
    code: EXIT.usage,
    what: `What the session's machine is told has ${bytes} bytes.`,
    why: `EC2 takes ${MOST_USER_DATA}.`,
    next: 'Use a shorter prefix of the store (.dvc/config), or a shorter name of the model (registry.model in wms.config.json).',
  });
}

function placeOf(name: string): string {
  return `${UNIT.test(name) ? '/etc/systemd/system' : '/opt/wms'}/${name}`;
}

/** Cloud-init's own base64 would take 6 % more of the little room. */
function packed(content: string): string {
  const bytes = gzipSync(content, { level: 9 });
  bytes[GZIP_SYSTEM] = 255;
  return base85(bytes);
}

/** For the units: what is in here is public. */
function environment({ region, store, ports, model, packageVersion }: MachineFacts): string {
  const place = [store.bucket, store.prefix, 'wms/cloud/artifacts'].filter((part) => part !== '').join('/');
  return [
    `AWS_DEFAULT_REGION=${region}`,
    // SQLAlchemy would take another driver.
    'WMS_DATABASE=postgresql+psycopg2:///wms?host=/run/postgresql',
    `WMS_MLFLOW_PORT=${ports.mlflow}`,
    `WMS_ARTIFACTS=s3://${place}`,
    `WMS_PACKAGE=wms-hooks@${packageVersion}`,
    `WMS_API_PORT=${ports.api}`,
    `WMS_SERVED=${model === null ? 'production' : 'model.onnx'}`,
    '',
  ].join('\n');
}
