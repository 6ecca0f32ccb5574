import { EXIT, type ExitCode, WmsError } from '../../errors.js';
import { type Diagnostic, tellDiagnostics } from './messages.pure.js';
import { declarationOf } from './variables.pure.js';

/** What did not work, and whose it is. */
interface Failed {
  /** `plan`, `apply`, … */
  readonly verb: string;
  /** As a person types it. */
  readonly program: string;
  /** As the settings name it. */
  readonly directory: string;
  readonly errors: readonly Diagnostic[];
  /** What it printed besides. */
  readonly text: string;
  readonly signal: NodeJS.Signals | null;
  readonly interrupted: NodeJS.Signals | null;
}

interface Row {
  readonly kind: string;
  readonly code: ExitCode;
  readonly when: RegExp;
  readonly what: (failed: Failed, said: string) => string;
  /** Default: what terraform says. */
  readonly why?: (failed: Failed, said: string) => string;
  readonly next: (failed: Failed, said: string) => string;
}

const byHand = ({ program, directory }: Failed, rest: string) => `${program} -chdir=${directory} ${rest}`;
const part = (pattern: RegExp, said: string) => pattern.exec(said)?.[1]?.trim() ?? '';

/** In the order in which they are looked at: what many messages say besides stands at the end. */
const ROWS: readonly Row[] = [
  {
    kind: 'cloud/terraform-locked',
    code: EXIT.conflict,
    when: /acquiring the state lock|state lock/i,
    what: ({ directory }) => `The state of the stack in ${directory} is locked: somebody works on it.`,
    why: (_, said) =>
      [
        part(/Who:\s*(\S+)/, said) || 'It does not say who',
        part(/Operation:\s*OperationType(\w+)/, said).toLowerCase(),
        part(/Created:\s*(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/, said).replace(/(.+)/, 'since $1 UTC'),
      ]
        .filter(Boolean)
        .join(' · '),
    next: (failed, said) =>
      `Wait for it to end. If it died: ${byHand(failed, `force-unlock ${part(/ID:\s*([\w./-]+)/, said)}`)}`,
  },
  {
    kind: 'cloud/terraform-variable',
    code: EXIT.usage,
    when: /Value for undeclared variable/i,
    what: ({ directory }, said) =>
      `The stack in ${directory} does not declare the variable ${variableIn(said)}.`,
    why: (_, said) =>
      declarationOf(variableIn(said)) === undefined
        ? 'cloud.terraform.variables sets it.'
        : 'Without it the machine of a session could not be found, or would not end.',
    next: ({ directory }, said) => {
      const declaration = declarationOf(variableIn(said));
      return declaration === undefined
        ? `Declare it, or take it out of cloud.terraform.variables.`
        : `Write into a .tf file in ${directory}: ${declaration}, and use it as templates/terraform does.`;
    },
  },
  {
    kind: 'cloud/terraform-variable',
    code: EXIT.usage,
    when: /No value for required variable/i,
    what: ({ directory }, said) =>
      `The stack in ${directory} needs a value for the variable ${variableIn(said)}.`,
    why: (_, said) =>
      `Neither the stack nor the settings give one (${said.split(' ')[0]?.replace(/:$/, '')}).`,
    next: () => 'Set it in cloud.terraform.variables of wms.config.json.',
  },
  {
    kind: 'cloud/terraform-too-old',
    code: EXIT.usage,
    when: /Unsupported (Terraform|OpenTofu) Core version/i,
    what: ({ program, directory }) => `The stack in ${directory} wants another version of ${program}.`,
    next: ({ program }) => `Install that version of ${program}, or change required_version.`,
  },
  {
    kind: 'cloud/terraform-provider',
    code: EXIT.network,
    when: /Failed to (query available|install) provider|Failed to download|Inconsistent dependency lock file|Required plugins are not installed|Missing required provider|Module not installed/i,
    what: ({ program, directory }) => `${program} cannot get what the stack in ${directory} needs.`,
    next: (failed) => `Check the network, or set up a mirror of providers, then: ${byHand(failed, 'init')}`,
  },
  {
    kind: 'cloud/terraform-backend',
    code: EXIT.usage,
    when: /Backend (initialization required|configuration changed|type changed)|Error loading (the )?(backend|state)|Failed to get existing workspaces|Missing Required Value|Missing region value/i,
    what: ({ directory }) => `The state of the stack in ${directory} cannot be opened.`,
    next: (failed) => `Correct its backend block, then: ${byHand(failed, 'init')}`,
  },
];

/** The error of a command that failed. `provider` tells what EC2 said, when it was EC2 that said no. */
export async function terraformError(
  failed: Failed,
  provider: (failure: { name: string; message: string }) => Promise<WmsError>,
): Promise<WmsError> {
  const { verb, program, directory, errors, text, signal, interrupted } = failed;
  const all = tellDiagnostics(errors);
  const row = ROWS.find(({ when }) => errors.some(({ summary }) => when.test(summary)));
  if (row !== undefined) {
    const said = tellDiagnostics(errors.filter(({ summary }) => row.when.test(summary)));
    return new WmsError({
      kind: row.kind,
      code: row.code,
      what: row.what(failed, said),
      why: row.why?.(failed, said) ?? all,
      next: row.next(failed, said),
    });
  }
  if (signal !== null || interrupted !== null) return ended(failed);
  const [, name, message] = API_ERROR.exec(all) ?? [];
  if (name !== undefined && message !== undefined) return provider({ name, message });
  const places = errors.filter(({ place }) => place !== '');
  if (places.length > 0 && verb !== 'apply' && verb !== 'destroy') {
    return new WmsError({
      kind: 'cloud/terraform-invalid',
      code: EXIT.usage,
      what: `The stack in ${directory} is not valid.`,
      why: all,
      next: `Correct it; to check: ${byHand(failed, 'validate')}`,
    });
  }
  return new WmsError({
    kind: 'cloud/terraform-failed',
    code: EXIT.network,
    what: `${program} ${verb} failed in ${directory}.`,
    why: all || text.trim().slice(-MOST_TEXT) || 'It does not say why.',
    next: 'What it has made may cost: npx wms-stop removes it.',
  });
}

/** As the AWS provider tells it; other services of AWS have their own codes. */
const API_ERROR = /operation error (?:EC2|STS): .*?api error ([\w.]+): ([^\n]*)/;
const MOST_TEXT = 1000;

/** The first name in quotes. */
function variableIn(said: string): string {
  return /"([\w-]+)"/.exec(said)?.[1] ?? '';
}

function ended({ verb, program, signal, interrupted, errors }: Failed): WmsError {
  const isOurs = interrupted !== null;
  const said = tellDiagnostics(errors);
  return new WmsError({
    kind: 'cloud/terraform-interrupted',
    code: EXIT.network,
    what: isOurs ? `${program} ${verb} was interrupted.` : `${program} ${verb} was ended by ${signal}.`,
    why:
      said || (isOurs ? `By ${interrupted}.` : 'Somebody killed it, or the machine has too little memory.'),
    next: 'What it has made may cost. To go on: npx wms-deploy. To remove it: npx wms-stop',
  });
}
