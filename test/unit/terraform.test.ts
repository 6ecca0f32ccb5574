import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TerraformOptions } from '../../src/adapters/terraform/index.js';
import { isWmsError, type WmsError } from '../../src/errors.js';
import type { Compute, MachineOrder } from '../../src/ports/compute.js';
import { answer, type Ec2Server, startEc2Server } from '../support/ec2-answers.js';
import {
  diagnosticLine,
  type FakeTerraform,
  fakeTerraform,
  progressLine,
  type Scripted,
} from '../support/fake-terraform.js';
import { TEST_KEYS } from '../support/s3-server.js';
import { testTerraform } from '../support/terraform.js';

const SESSION = '20261127-101500-abcd';
const order: MachineOrder = {
  session: SESSION,
  attempt: 1,
  zone: 'us-east-1a',
  size: 't3.large',
  image: 'ami-1',
  diskGb: 30,
  instanceProfile: 'LabInstanceProfile',
  deadline: '2026-11-27T14:15:00.000Z',
  openedBy: 'Ana <ana@example.com>',
  userData: '#!/bin/sh\necho "größe"\n',
};
const tags = [
  ...[`Name=wms ${SESSION}`, 'wms:team=s3://wms-test/team/dvc', `wms:session=${SESSION}`, 'wms:attempt=1'],
  ...['wms:deadline=2026-11-27T14:15:00.000Z', 'wms:opened-by=Ana ana@example.com'],
];
const stateOf = (session: string) =>
  JSON.stringify({
    resources: [{ mode: 'managed', instances: [{ attributes: { tags: { 'wms:session': session } } }] }],
  });

/** EC2 lists a machine as soon as this answers true. */
let isMade: () => boolean;
let server: Ec2Server;
let fake: FakeTerraform;
const instance =
  '<item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState>' +
  '<launchTime>2026-11-27T10:15:01.000Z</launchTime></item></instancesSet></item>';
const item = (set: string, ...fields: readonly (readonly [string, string])[]) =>
  `<${set}><item>${fields.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</item></${set}>`;
const LISTS: Readonly<Record<string, string>> = {
  DescribeInstanceTypeOfferings: item('instanceTypeOfferingSet', ['location', 'us-east-1a']),
  DescribeSubnets: item('subnetSet', ['availabilityZone', 'us-east-1a'], ['subnetId', 'subnet-1']),
  DescribeImages: item('imagesSet', ['imageId', 'ami-9'], ['creationDate', '2026-11-01T00:00:00.000Z']),
};
beforeEach(async () => {
  isMade = () => fake.calls().some((call) => call.startsWith('apply'));
  server = await startEc2Server((asked) => {
    const action = asked.get('Action') ?? '';
    if (action === 'DescribeInstances')
      return answer(action, `<reservationSet>${isMade() ? instance : ''}</reservationSet>`);
    return answer(action, LISTS[action] ?? '');
  });
});
afterEach(() => server.close());

interface Setting {
  readonly scripts?: Readonly<Record<string, Scripted>>;
  readonly program?: { name?: string; version?: string };
  readonly settings?: Partial<TerraformOptions['settings']>;
}
let told: string[];
async function open({ scripts = {}, program, settings = {} }: Setting = {}): Promise<Compute> {
  fake = fakeTerraform(scripts, program);
  told = [];
  return testTerraform(server.url, fake.topLevel, {
    env: { PATH: fake.bin, AWS_ENDPOINT_URL: server.url, TF_VAR_own: 'kept' },
    settings: { directory: 'stack', outputs: {}, variables: {}, ...settings },
    tell: (line) => told.push(line),
  });
}
async function failure(promise: Promise<unknown>): Promise<WmsError> {
  const error = await promise.then(
    () => null,
    (thrown) => thrown,
  );
  if (!isWmsError(error)) throw new Error(`a WmsError was expected, not ${error}`);
  return error;
}
const verbs = () => fake.calls().map((call) => call.split(' ')[0]);

describe('the program', () => {
  it('is terraform or tofu, whichever is on the PATH', async () => {
    await (await open({ program: { name: 'tofu', version: '1.10.6' } })).create(order);
    expect(verbs()).toEqual(['version', 'init', 'apply']);
  });

  it('that is missing is told with the way out', async () => {
    const compute = await open({ settings: { program: 'tofu' } });
    expect(await failure(compute.create(order))).toMatchObject({
      kind: 'cloud/terraform-missing',
      code: 2,
      message: 'tofu is not installed.',
      next: expect.stringContaining('npx wms-deploy --engine ec2'),
    });
  });

  it.each([
    ['0.14.11', 'terraform-too-old'],
    ['1.4.7', 'terraform-too-old'],
    ['unknown', 'terraform-broken'],
  ])('of version %s is not used', async (version, kind) => {
    const compute = await open({ program: { version } });
    expect(await failure(compute.create(order))).toMatchObject({ kind: `cloud/${kind}`, code: 2 });
    expect(verbs()).toEqual(['version']);
  });

  it('may be a path, from the top of the repository', async () => {
    const compute = await open({ settings: { program: './nothing/terraform' } });
    expect(await failure(compute.create(order))).toMatchObject({
      kind: 'cloud/terraform-missing',
      message: `${join(fake.topLevel, 'nothing/terraform')} is not installed.`,
    });
  });
});

describe('an order', () => {
  it('is a stack applied with the tags of EC2’s engine, its deadline and everything else', async () => {
    const compute = await open({ settings: { variables: { own_size: 3, name: 'a b' } } });
    expect(await compute.create(order)).toMatchObject({ id: 'i-1', state: 'running' });
    const apply = fake.calls().at(-1) ?? '';
    expect(apply).toContain(
      '-json -input=false -lock-timeout=60s -auto-approve -var=own_size=3 -var=name=a b',
    );
    expect(apply).toContain(
      `-var=wms_session=${SESSION} -var=wms_deadline=${order.deadline} -var=wms_tags={`,
    );
    const given = JSON.parse(/wms_tags=(\{.*\})/.exec(apply)?.[1] ?? '{}') as Record<string, string>;
    expect(Object.entries(given).map((entry) => entry.join('='))).toEqual(tags);
    expect(fake.environmentOf('apply')).toMatchObject({
      TF_VAR_wms_region: 'us-east-1',
      TF_VAR_wms_zone: 'us-east-1a',
      TF_VAR_wms_size: 't3.large',
      TF_VAR_wms_image: 'ami-1',
      TF_VAR_wms_disk_gb: '30',
      TF_VAR_wms_instance_profile: 'LabInstanceProfile',
      TF_VAR_wms_user_data: order.userData,
      TF_VAR_own: 'kept',
      TF_IN_AUTOMATION: '1',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: TEST_KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: TEST_KEYS.secretAccessKey,
    });
  });

  it('whose machine is there already starts nothing', async () => {
    isMade = () => true;
    const compute = await open();
    expect(await compute.create(order)).toMatchObject({ id: 'i-1' });
    expect(fake.calls()).toEqual([]);
  });

  it('is told as it goes, without secrets', async () => {
    const says =
      progressLine('apply_start', 'aws_instance.machine: Creating...') +
      progressLine('provision_progress', `key ${TEST_KEYS.secretAccessKey}`) +
      progressLine('outputs', 'Outputs: 1');
    await (await open({ scripts: { apply: { says } } })).create(order);
    expect(told).toEqual(['init: modules and providers', 'aws_instance.machine: Creating...', 'key …']);
  });

  it('whose stack leaves the tags out fails: nobody would find what it made', async () => {
    isMade = () => false;
    expect(await failure((await open()).create(order))).toMatchObject({
      kind: 'cloud/terraform-untagged',
      code: 2,
      next: expect.stringContaining('tags = var.wms_tags'),
    });
  });

  const ui = { says: JSON.stringify({ ui: { value: 'https://mlflow.example.com' } }) };
  const outputs = { mlflow: 'ui' };

  it('answers the addresses that the settings name', async () => {
    const scripts = { output: ui, state: { says: stateOf(SESSION) } };
    const compute = await open({ scripts, settings: { outputs } });
    const urls = { mlflow: 'https://mlflow.example.com' };
    expect(await compute.create(order)).toMatchObject({ urls });
    expect(await compute.find(SESSION)).toMatchObject([{ id: 'i-1', urls }]);
    expect(await compute.find(SESSION)).toMatchObject([{ id: 'i-1', urls }]);
    expect(verbs()).toEqual(['version', 'init', 'apply', 'output', 'state', 'output']);
  });

  it('is found without addresses where the state is that of another session, or cannot be read', async () => {
    isMade = () => true;
    const scripts = { output: ui, state: { says: stateOf('another') } };
    const compute = await open({ scripts, settings: { outputs } });
    expect(await compute.find(SESSION)).toMatchObject([{ id: 'i-1', urls: {} }]);
    const unread = await open({
      scripts: { state: { complains: '\nError: No\n', code: 1 } },
      settings: { outputs },
    });
    expect(await unread.find(SESSION)).toMatchObject([{ id: 'i-1', urls: {} }]);
    expect(told).toEqual(['terraform state failed in stack. No']);
  });

  it('says which outputs there are when one is missing', async () => {
    const says = JSON.stringify({ address: { value: 'https://a.example' } });
    const compute = await open({ scripts: { output: { says } }, settings: { outputs: { api: 'api_url' } } });
    expect(await failure(compute.create(order))).toMatchObject({
      kind: 'cloud/terraform-output',
      code: 2,
      message: 'The stack in stack has no output api_url with an address (http://…).',
      why: 'It has: address.',
    });
  });
});

describe('a plan', () => {
  const show = { says: 'Plan: 2 to add, 0 to change, 0 to destroy.\n' };

  it('is text; what was shown is what is made', async () => {
    const compute = await open({ scripts: { show } });
    expect(await compute.plan?.(order)).toBe(show.says.trim());
    await compute.create(order);
    expect(verbs()).toEqual(['version', 'init', 'plan', 'show', 'apply']);
    const file = /-out=(\S+)/.exec(fake.calls()[2] ?? '')?.[1];
    expect(fake.calls()[4]).toBe(`apply -json -input=false -lock-timeout=60s ${file}`);
  });

  it('of another order is not used', async () => {
    const compute = await open({ scripts: { show } });
    await compute.plan?.(order);
    await compute.create({ ...order, zone: 'us-east-1b' });
    expect(fake.calls().at(-1)).toContain('-auto-approve');
  });

  it('that is out of date is made anew', async () => {
    isMade = () => fake.calls().some((call) => call.includes('-auto-approve'));
    const compute = await open({ scripts: { show } });
    await compute.plan?.(order);
    fake.script('apply', {
      does: 'case "$*" in *-auto-approve*) exit 0;; esac',
      says: diagnosticLine('Saved plan is stale', 'The given plan file can no longer be applied.'),
      code: 1,
    });
    await compute.create(order);
    expect(verbs()).toEqual(['version', 'init', 'plan', 'show', 'apply', 'apply']);
  });
});

describe('a failure', () => {
  const lock = `Error message: resource temporarily unavailable
Lock Info:
  ID:        cfee5087-13b8-a0ce-4c4e-fc31ec929f0a
  Path:      terraform.tfstate
  Operation: OperationTypeApply
  Who:       ben@laptop
  Version:   1.11.4
  Created:   2026-11-30 07:03:47.738329721 +0000 UTC`;
  const registry = `
Error: Failed to query available provider packages

Could not retrieve the list of available versions for provider hashicorp/aws:
could not connect to registry.example.com
`;
  const noRoom =
    'creating EC2 Instance: operation error EC2: RunInstances, https response error StatusCode: 500, RequestID: 1, api error InsufficientInstanceCapacity: We have no t3.large in us-east-1a.';
  const noProfile =
    'creating EC2 Instance: operation error EC2: RunInstances, https response error StatusCode: 400, RequestID: 1, api error InvalidParameterValue: Invalid IAM Instance Profile name';

  it.each<[string, Record<string, Scripted>, Record<string, unknown>]>([
    [
      'a locked state',
      { apply: { says: diagnosticLine('Error acquiring the state lock', lock), code: 1 } },
      {
        kind: 'cloud/terraform-locked',
        code: 6,
        why: 'ben@laptop · apply · since 2026-11-30 07:03:47 UTC',
        next: 'Wait for it to end. If it died: terraform -chdir=stack force-unlock cfee5087-13b8-a0ce-4c4e-fc31ec929f0a',
      },
    ],
    [
      'a provider that cannot be had',
      { init: { complains: registry, code: 1 } },
      {
        kind: 'cloud/terraform-provider',
        code: 5,
        why: expect.stringContaining('could not connect to registry.example.com'),
        next: expect.stringContaining('terraform -chdir=stack init'),
      },
    ],
    [
      'a stack without our variables',
      {
        apply: {
          says: diagnosticLine(
            'Value for undeclared variable',
            'A variable named "wms_tags" was assigned on the command line, but the root module does not declare it.',
          ),
          code: 1,
        },
      },
      {
        kind: 'cloud/terraform-variable',
        code: 2,
        message: 'The stack in stack does not declare the variable wms_tags.',
        next: expect.stringContaining('variable "wms_tags" { type = map(string) }'),
      },
    ],
    [
      'a variable that nobody sets',
      {
        apply: {
          says: diagnosticLine(
            'No value for required variable',
            'The root module input variable "team" is not set, and has no default value.',
            { file: 'main.tf', line: 4 },
          ),
          code: 1,
        },
      },
      {
        kind: 'cloud/terraform-variable',
        code: 2,
        message: 'The stack in stack needs a value for the variable team.',
        next: expect.stringContaining('cloud.terraform.variables'),
      },
    ],
    [
      'a stack that is not valid',
      {
        init: {
          complains: '\nError: Missing name for resource\n\n  on main.tf line 1:\n   1: x\n\nNo.\n',
          code: 1,
        },
      },
      {
        kind: 'cloud/terraform-invalid',
        code: 2,
        why: 'main.tf:1: Missing name for resource: No.',
        next: 'Correct it; to check: terraform -chdir=stack validate',
      },
    ],
    [
      'another version that is wanted',
      { init: { complains: '\nError: Unsupported Terraform Core version\n\nWants 9.\n', code: 1 } },
      { kind: 'cloud/terraform-too-old', code: 2 },
    ],
    [
      'a zone without room',
      { apply: { says: diagnosticLine(noRoom, '', { file: 'main.tf', line: 40 }), code: 1 } },
      { kind: 'cloud/no-capacity', code: 5, why: 'We have no t3.large in us-east-1a.' },
    ],
    [
      'a profile that is not there',
      { apply: { says: diagnosticLine(noProfile), code: 1 } },
      { kind: 'cloud/no-profile', code: 2 },
    ],
    [
      'something else, with all that was said',
      { apply: { says: `${diagnosticLine('creating X', 'No.')}panic: y\n`, code: 1 } },
      {
        kind: 'cloud/terraform-failed',
        code: 5,
        message: 'terraform apply failed in stack.',
        why: 'creating X: No.',
        next: expect.stringContaining('npx wms-stop'),
      },
    ],
    [
      'a crash',
      { apply: { complains: 'panic: runtime error\n', code: 2 } },
      { kind: 'cloud/terraform-failed', why: 'panic: runtime error' },
    ],
    [
      'a kill',
      { apply: { does: 'kill -9 $$' } },
      {
        kind: 'cloud/terraform-interrupted',
        code: 5,
        message: 'terraform apply was ended by SIGKILL.',
        next: expect.stringContaining('npx wms-stop'),
      },
    ],
  ])('by %s', async (_, scripts, expected) => {
    isMade = () => false;
    expect(await failure((await open({ scripts })).create(order))).toMatchObject(expected);
  });

  it('never shows a secret', async () => {
    isMade = () => false;
    const says = diagnosticLine('No', `key ${TEST_KEYS.secretAccessKey} is wrong`);
    const { why } = await failure((await open({ scripts: { apply: { says, code: 1 } } })).create(order));
    expect(why).toBe('No: key … is wrong');
  });

  it('by a directory that is not there names the ready module', async () => {
    const compute = await open({ settings: { directory: 'infra' } });
    expect(await failure(compute.create(order))).toMatchObject({
      kind: 'cloud/terraform-directory',
      code: 2,
      next: 'cp -r node_modules/wms-hooks/templates/terraform infra',
    });
    expect(await compute.billed()).toEqual([]);
  });
});

describe('what is left', () => {
  it('is destroyed with the stack, before EC2’s own is swept', async () => {
    isMade = () => false;
    const compute = await open({ scripts: { state: { says: stateOf(SESSION) } } });
    const [stack] = await compute.billed();
    expect(stack).toEqual({ kind: 'stack', id: 'stack', session: SESSION });
    expect(await compute.remove(stack!)).toBeNull();
    expect(verbs().slice(-2)).toEqual(['init', 'destroy']);
    expect(fake.calls().at(-1)).toContain(`-auto-approve -var=wms_session=${SESSION}`);
    expect(fake.environmentOf('destroy')).toMatchObject({
      TF_VAR_wms_zone: 'us-east-1a',
      TF_VAR_wms_image: 'ami-9',
    });
    fake.script('state', { says: '' });
    expect(await compute.billed()).toEqual([]);
    expect(await compute.remove(stack!)).toBeNull();
    expect(verbs().filter((verb) => verb === 'destroy')).toHaveLength(1);
  });

  it('of another session stays', async () => {
    const compute = await open({ scripts: { state: { says: stateOf('another') } } });
    const thing = { kind: 'stack', id: 'stack', session: SESSION } as const;
    expect(await compute.remove(thing)).toBe('It holds the session another now.');
    expect(verbs()).not.toContain('destroy');
  });

  it('is told with the reason when it cannot be destroyed', async () => {
    const compute = await open({
      scripts: {
        state: { says: stateOf(SESSION) },
        destroy: { says: diagnosticLine('Instance cannot be destroyed', 'prevent_destroy'), code: 1 },
      },
    });
    const reason = await compute.remove({ kind: 'stack', id: 'stack', session: SESSION });
    expect(reason).toContain(
      'terraform destroy failed in stack.\nInstance cannot be destroyed: prevent_destroy',
    );
  });

  it('where the state cannot be read is told, too, and the machines with it', async () => {
    const compute = await open();
    rmSync(join(fake.bin, 'terraform'));
    isMade = () => true;
    const things = await compute.billed();
    expect(things.map(({ kind }) => kind)).toEqual(['stack', 'machine']);
    expect(await compute.remove(things[0]!)).toContain('terraform and tofu are not installed.');
  });

  it('in a state that is kept elsewhere is looked up after init', async () => {
    const compute = await open({
      scripts: {
        state: {
          does: '[ -f initialised ] && { echo \'{"resources": []}\'; exit 0; }',
          complains: '\nError: Backend initialization required, please run "terraform init"\n\nReason.\n',
          code: 1,
        },
        init: { does: 'echo yes >initialised' },
      },
    });
    isMade = () => false;
    expect(await compute.billed()).toEqual([]);
    expect(verbs()).toEqual(['version', 'state', 'init', 'state']);
  });
});

it('a signal to us is SIGINT for terraform, which ends in order', async () => {
  isMade = () => false;
  const ready = progressLine('apply_start', 'creating').trim();
  const compute = await open({
    scripts: {
      apply: {
        // Only then it listens.
        does: `trap '/bin/cat apply.out; exit 1' INT; echo '${ready}'; while :; do /bin/sleep 0.05; done`,
        says: diagnosticLine('execution halted'),
      },
    },
  });
  const creating = failure(compute.create(order));
  await expect.poll(() => told, { timeout: 9000 }).toContain('creating');
  process.emit('SIGTERM', 'SIGTERM');
  expect(await creating).toMatchObject({
    kind: 'cloud/terraform-interrupted',
    message: 'terraform apply was interrupted.',
    why: 'execution halted',
  });
});
