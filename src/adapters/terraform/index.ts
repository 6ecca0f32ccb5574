import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { BilledThing, Compute, Machine, MachineOrder, MachineUrls } from '../../ports/compute.js';
import { type Ec2Engine, type Ec2Options, openEc2 } from '../ec2/index.js';
import { realTiming } from '../timing.js';
import { openStack, placeForPlan, type Stack, type Variables } from './stack.js';
import { sessionInState, urlsIn } from './state.pure.js';
import { variableArguments, variableEnvironment } from './variables.pure.js';

/** How long a machine that was just made may be missing in EC2's lists. */
const LOOKS = 20;
const POLL_MS = 1000;

interface TerraformSettings {
  readonly directory: string;
  readonly program?: string | undefined;
  /** Names of outputs. */
  readonly outputs: { readonly mlflow?: string | undefined; readonly api?: string | undefined };
  readonly variables: Readonly<Record<string, string | number | boolean>>;
}

export interface TerraformOptions extends Ec2Options {
  /** Top of the repository. */
  readonly topLevel: string;
  readonly settings: TerraformSettings;
  /** For what the stack is asked when it is destroyed, and nobody knows its order any more. */
  readonly usual: Pick<MachineOrder, 'size' | 'diskGb' | 'instanceProfile'>;
  /** A line of what terraform does. */
  readonly tell: (line: string) => void;
}

/**
 * Machines that a stack of the team makes, by Terraform or OpenTofu. What there is, EC2's tags tell, never the state: the
 * state of a process that was killed does not know what that has made. Asks nothing yet. Throws WmsError
 * `config/ca-bundle` (exit code 2); its calls throw `cloud/terraform-…` besides what those of EC2 do.
 */
export async function terraformCompute(options: TerraformOptions): Promise<Compute> {
  const { settings, tell, timing = realTiming } = options;
  const ec2 = await openEc2(options);
  const stack = openStack({
    ...options,
    directory: settings.directory,
    program: settings.program,
    credentials: () => credentialsFor(ec2, options.region),
    providerError: ({ name, message }) => ec2.errorOf({ name, Code: name, message }),
  });
  const variablesOf = (order: MachineOrder): Variables => {
    const given = { order, tags: ec2.tags(order), region: options.region, variables: settings.variables };
    return { args: variableArguments(given), env: variableEnvironment(given) };
  };
  const plans = keptPlans(stack, variablesOf);
  const urls = outputsOf(stack, settings);

  async function create(order: MachineOrder): Promise<Machine> {
    const known = await ec2.made(order);
    if (known !== null) return known;
    if (!(await plans.apply(order))) {
      // Somebody else was faster, or changed something else.
      const theirs = await ec2.made(order);
      if (theirs === null) await stack.apply(variablesOf(order));
    }
    for (let look = 0; look < LOOKS; look += 1) {
      const machine = await ec2.made(order);
      if (machine !== null) return { ...machine, urls: await urls.required() };
      await timing.sleep(POLL_MS);
    }
    throw untagged(settings.directory);
  }

  async function find(session: string): Promise<Machine[]> {
    const machines = await ec2.compute.find(session);
    if (machines.length === 0) return machines;
    const known = await urls.of(session).catch((error: unknown) => {
      if (!isWmsError(error)) throw error;
      tell([error.message, error.why].filter(Boolean).join(' '));
      return {};
    });
    return machines.map((machine) => ({ ...machine, urls: known }));
  }

  /** What cannot be read may hold something: told as left, with the reason once it is to be removed. */
  async function stacksLeft(): Promise<BilledThing[]> {
    if (!(await stack.exists())) return [];
    const session = await sessionOf(stack).catch((error: unknown) => {
      if (isWmsError(error)) return '';
      throw error;
    });
    return session === null ? [] : [{ kind: 'stack', id: settings.directory, session }];
  }

  async function destroy(session: string): Promise<string | null> {
    try {
      const current = await sessionOf(stack);
      if (current === null) return null;
      if (current !== session) return `It holds the session ${current} now.`;
      const { size } = options.usual;
      const [zone = ''] = await ec2.compute.zones(size);
      const image = await ec2.compute.newestImage();
      const deadline = new Date().toISOString();
      const parts = { attempt: 1, zone, image, deadline, openedBy: '', userData: '' };
      await stack.destroy(variablesOf({ session, ...options.usual, ...parts }));
      return null;
    } catch (error) {
      if (!isWmsError(error)) throw error;
      return [error.message, error.why, error.next].filter(Boolean).join('\n');
    }
  }

  return {
    ...ec2.compute,
    plan: plans.make,
    create,
    find,
    billed: async () => [...(await stacksLeft()), ...(await ec2.compute.billed())],
    remove: (thing) => (thing.kind === 'stack' ? destroy(thing.session) : ec2.compute.remove(thing)),
  };
}

const sessionOf = async (stack: Stack) => sessionInState(await stack.state());

/** The store's own, as every program of AWS takes them. What the stack's own settings say goes before. */
async function credentialsFor({ credentials }: Ec2Engine, region: string): Promise<Record<string, string>> {
  const { accessKeyId, secretAccessKey, sessionToken = '' } = await credentials();
  return {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_REGION: region,
  };
}

/** Plans that were shown: what is made afterwards is what was shown. */
function keptPlans(stack: Stack, variablesOf: (order: MachineOrder) => Variables) {
  let kept: { order: string; file: string; remove: () => Promise<void> } | undefined;
  return {
    async make(order: MachineOrder): Promise<string> {
      await kept?.remove();
      const place = await placeForPlan();
      kept = { order: JSON.stringify(order), ...place };
      return stack.plan(variablesOf(order), place.file);
    },
    /** False: the plan does not fit any more. */
    async apply(order: MachineOrder): Promise<boolean> {
      const plan = kept;
      kept = undefined;
      try {
        const variables = variablesOf(order);
        if (plan?.order === JSON.stringify(order)) return await stack.applyPlan(variables, plan.file);
        await stack.apply(variables);
        return true;
      } finally {
        await plan?.remove();
      }
    },
  };
}

/** Addresses of the running session, from the stack's outputs; asked once for each process. */
function outputsOf(stack: Stack, { outputs, directory }: TerraformSettings) {
  const isAsked = Object.values(outputs).some((name) => name !== undefined);
  const known = new Map<string, Promise<MachineUrls>>();
  async function required(): Promise<MachineUrls> {
    if (!isAsked) return {};
    const { urls, missing, there } = urlsIn(await stack.outputs(), outputs);
    if (missing.length === 0) return urls;
    throw new WmsError({
      kind: 'cloud/terraform-output',
      code: EXIT.usage,
      what: `The stack in ${directory} has no output ${missing.join(' and ')} with an address (http://…).`,
      why: there.length === 0 ? 'It has no outputs.' : `It has: ${there.join(', ')}.`,
      next: 'Correct cloud.terraform.outputs in wms.config.json. The machine runs: npx wms-deploy finds it.',
    });
  }
  return {
    required,
    /** None when the state here is that of another session: a teammate's machine has a state elsewhere. */
    of(session: string): Promise<MachineUrls> {
      const ask = async () => ((await sessionOf(stack)) === session ? required() : {});
      const answer = known.get(session) ?? (isAsked ? ask() : Promise.resolve({}));
      known.set(session, answer);
      return answer;
    },
  };
}

function untagged(directory: string): WmsError {
  return new WmsError({
    kind: 'cloud/terraform-untagged',
    code: EXIT.usage,
    what: `The stack in ${directory} has made no machine with the tags of the session.`,
    why: 'By them a session is found, extended and removed. EC2 lists none with all of var.wms_tags.',
    next: `Give the machine tags = var.wms_tags. What was made costs until: terraform -chdir=${directory} destroy`,
  });
}
