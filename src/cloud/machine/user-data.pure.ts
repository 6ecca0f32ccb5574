import { gzipSync } from 'node:zlib';
import { DEADLINE_TAG, DUMP_TAG } from '../../ports/compute.js';
import { logKeyOf, type MachineFacts, refuseUnsafeFacts } from './facts.js';

/** EC2 takes no more, in bytes before its base64. */
export const MOST_USER_DATA = 16 * 1024;

const UNIT = /\.(service|timer)$/;
/** Byte of a gzip header that says which system made it: 255 is unknown. */
const GZIP_SYSTEM = 9;

/**
 * What cloud-init runs at the machine's first start: it writes `files` (of templates/machine, by name) and the facts, arms
 * the watchdog before anything else, and starts the bootstrap, which goes on at later starts. Pure: the same facts and
 * files are the same text. Throws for facts that must not become part of a script, and when EC2 would refuse the size.
 */
export function machineUserData(facts: MachineFacts, files: ReadonlyMap<string, string>): string {
  refuseUnsafeFacts(facts);
  const tags = { deadlineTag: DEADLINE_TAG, dumpTag: DUMP_TAG };
  const told = { ...facts, ...tags, logKey: logKeyOf(facts) };
  const written = [
    { path: '/etc/wms/facts.json', content: `${JSON.stringify(told, null, 1)}\n` },
    { path: '/etc/wms/machine.env', content: environment(facts) },
    ...[...files].map(([name, content]) => ({ path: placeOf(name), ...packed(content) })),
  ];
  const config = {
    write_files: written,
    runcmd: [
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', '--now', 'wms-watchdog.timer'],
      ['systemctl', 'enable', '--now', '--no-block', 'wms-bootstrap.service'],
    ],
  };
  // JSON is YAML, too.
  const text = `#cloud-config\n${JSON.stringify(config, null, 1)}\n`;
  if (Buffer.byteLength(text) > MOST_USER_DATA)
    throw new Error(`The user data has ${Buffer.byteLength(text)} bytes.`);
  return text;
}

function placeOf(name: string): string {
  return `${UNIT.test(name) ? '/etc/systemd/system' : '/opt/wms'}/${name}`;
}

function packed(content: string): { encoding: string; content: string } {
  const bytes = gzipSync(content, { level: 9 });
  bytes[GZIP_SYSTEM] = 255;
  return { encoding: 'gz+b64', content: bytes.toString('base64') };
}

/** For the units: what is in here is public. */
function environment({ region, store, ports }: MachineFacts): string {
  const place = [store.bucket, store.prefix, 'wms/cloud/artifacts'].filter((part) => part !== '').join('/');
  return [
    `AWS_DEFAULT_REGION=${region}`,
    // SQLAlchemy would take another driver.
    'WMS_DATABASE=postgresql+psycopg2:///wms?host=/run/postgresql',
    `WMS_MLFLOW_PORT=${ports.mlflow}`,
    `WMS_ARTIFACTS=s3://${place}`,
    '',
  ].join('\n');
}
