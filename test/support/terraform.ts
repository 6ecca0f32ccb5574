import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type TerraformOptions, terraformCompute } from '../../src/adapters/terraform/index.js';
import type { Compute } from '../../src/ports/compute.js';
import { FakeTiming } from './fake-timing.js';
import { noPrompter } from './no-prompter.js';
import { peerCommand } from './peers.js';
import { s3Remote } from './s3-remote.js';
import { makeDirectory } from './scratch.js';

/** The program of this machine, or else one that is installed for the tests. */
export async function terraformProgram(): Promise<string> {
  const { exitCode } = await execa('terraform', ['version'], { reject: false });
  return exitCode === 0 ? 'terraform' : peerCommand('tofu');
}

/** Where people put mirrors of providers. */
const PLACES = ['/usr/local/share/terraform', '/usr/share/terraform', '/opt'];
const AWS = 'registry.terraform.io/hashicorp/aws';

/** A directory with the AWS provider in it; undefined where there is none. */
export function providerMirror(): string | undefined {
  const below = (place: string): string[] => {
    try {
      return readdirSync(place).map((name) => join(place, name));
    } catch {
      return [];
    }
  };
  return PLACES.flatMap(below).find((place) => below(join(place, AWS)).length > 0);
}

/** Environment of a terraform that reads nobody's settings and downloads nothing. */
export function terraformEnv(url: string): NodeJS.ProcessEnv {
  const directory = makeDirectory({ keep: true });
  const settings = join(directory, 'terraform.rc');
  const mirror = providerMirror() ?? join(directory, 'none');
  mkdirSync(join(directory, 'none'));
  writeFileSync(
    settings,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  const { PATH } = process.env;
  return { PATH, HOME: directory, TF_CLI_CONFIG_FILE: settings, AWS_ENDPOINT_URL: url };
}

/** The engine in `topLevel`, on EC2 as the server at `url` plays it. */
export function testTerraform(
  url: string,
  topLevel: string,
  options: Partial<TerraformOptions> & { bucket?: string } = {},
): Promise<Compute> {
  const { bucket = 'wms-test', ...rest } = options;
  return terraformCompute({
    remote: { ...s3Remote(url), bucket },
    env: terraformEnv(url),
    prompter: noPrompter,
    region: 'us-east-1',
    homedir: '/nonexistent',
    timing: new FakeTiming(),
    topLevel,
    settings: { directory: 'stack', outputs: {}, variables: {} },
    usual: { size: 't3.large', diskGb: 30, instanceProfile: 'LabInstanceProfile' },
    tell: () => undefined,
    ...rest,
  });
}
