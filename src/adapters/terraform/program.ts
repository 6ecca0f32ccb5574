import { delimiter, resolve } from 'node:path';
import { execa } from 'execa';
import { EXIT, WmsError } from '../../errors.js';

/** `terraform_data`, and what `-json` tells of errors. */
const OLDEST = [1, 5] as const;
const LONGEST_MS = 30_000;

export interface Program {
  /** Name or absolute path. */
  readonly command: string;
  readonly version: string;
}

interface Wanted {
  /** `cloud.terraform.program` */
  readonly program: string | undefined;
  readonly topLevel: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The program that the settings name, or else terraform or tofu from the PATH. Throws WmsErrors `cloud/terraform-missing`,
 * `cloud/terraform-broken` and `cloud/terraform-too-old` (exit code 2).
 */
export async function findProgram({ program, topLevel, env }: Wanted): Promise<Program> {
  const isPath = program !== undefined && /[/\\]/.test(program);
  const names =
    program === undefined ? ['terraform', 'tofu'] : [isPath ? resolve(topLevel, program) : program];
  for (const command of names) {
    const result = await execa(command, ['version', '-json'], {
      cwd: topLevel,
      env: { ...env, CHECKPOINT_DISABLE: '1' },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      timeout: LONGEST_MS,
    });
    if (result.code === 'ENOENT') continue;
    const version = versionIn(result.stdout);
    if (version === null) throw broken(command, result.stderr || result.stdout || result.shortMessage || '');
    if (isTooOld(version)) throw tooOld(command, version);
    return { command, version };
  }
  throw missing(names, env);
}

function versionIn(text: string): string | null {
  try {
    const { terraform_version: version } = JSON.parse(text) as { terraform_version?: unknown };
    return typeof version === 'string' && /^\d+\.\d+\./.test(version) ? version : null;
  } catch {
    return null;
  }
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}

function missing(names: readonly string[], env: NodeJS.ProcessEnv): WmsError {
  const isPath = /[/\\]/.test(names[0] ?? '');
  const places = (env.PATH ?? '').split(delimiter).filter(Boolean).length;
  return new WmsError({
    kind: 'cloud/terraform-missing',
    code: EXIT.usage,
    what: `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} not installed.`,
    why: isPath
      ? 'cloud.terraform.program names it, and it is not there.'
      : `The settings name terraform as the engine of cloud sessions; none of the ${places} directories of PATH has it.`,
    next: 'Install Terraform 1.5 or newer, or OpenTofu. Without either: npx wms-deploy --engine ec2',
  });
}

function broken(command: string, said: string): WmsError {
  return new WmsError({
    kind: 'cloud/terraform-broken',
    code: EXIT.usage,
    what: `${command} does not tell its version, so it is not used.`,
    why: said.trim().slice(0, 500) || 'It printed nothing.',
    next: `${command} version -json`,
  });
}

function tooOld(command: string, version: string): WmsError {
  return new WmsError({
    kind: 'cloud/terraform-too-old',
    code: EXIT.usage,
    what: `${command} is version ${version}; 1.5 is the oldest that works.`,
    why: 'Older ones cannot tell their errors in a form that programs read.',
    next: 'Install Terraform 1.5 or newer, or OpenTofu.',
  });
}
