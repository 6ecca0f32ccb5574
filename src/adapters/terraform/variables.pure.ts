import type { Tag } from '@aws-sdk/client-ec2';
import type { MachineOrder } from '../../ports/compute.js';

type Value = string | number | boolean;

interface Given {
  readonly order: MachineOrder;
  /** Those that the machine is found by. */
  readonly tags: readonly Tag[];
  readonly region: string;
  /** `cloud.terraform.variables` */
  readonly variables: Readonly<Record<string, Value>>;
}

/** Without these a machine could neither be found nor end: a stack that does not declare them is refused by terraform. */
const TYPES: Readonly<Record<string, string>> = {
  wms_session: 'string',
  wms_deadline: 'string',
  wms_tags: 'map(string)',
};

/** How a stack declares the variable; undefined for one that is not ours. */
export function declarationOf(name: string): string | undefined {
  return Object.hasOwn(TYPES, name) ? `variable "${name}" { type = ${TYPES[name]} }` : undefined;
}

/** Arguments for what every stack must take. */
export function variableArguments({ order, tags, variables }: Given): string[] {
  const required = {
    wms_session: order.session,
    wms_deadline: order.deadline,
    wms_tags: JSON.stringify(Object.fromEntries(tags.map(({ Key, Value = '' }) => [Key, Value]))),
  };
  return Object.entries({ ...variables, ...required }).map(([name, value]) => `-var=${name}=${value}`);
}

/** Environment for what a stack may take: terraform passes over those that it does not declare. */
export function variableEnvironment({ order, region }: Given): Record<string, string> {
  const optional = {
    region,
    zone: order.zone,
    size: order.size,
    image: order.image,
    disk_gb: String(order.diskGb),
    instance_profile: order.instanceProfile,
    user_data: order.userData,
  };
  return Object.fromEntries(Object.entries(optional).map(([name, value]) => [`TF_VAR_wms_${name}`, value]));
}
