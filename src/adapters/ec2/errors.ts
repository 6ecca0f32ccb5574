import { EXIT, WmsError } from '../../errors.js';
import { isInterrupted, isTls, isUnreachable } from '../network-failure.js';
import {
  CREDENTIAL_ROWS,
  type CredentialsContext,
  login,
  named,
  type Row,
  said,
  told,
} from '../s3/credential-errors.js';
import { describeSource } from '../s3/credentials.js';
import { type Failure, isBusy, isForeign } from '../s3/failure.js';

/** What error texts may name. */
export interface Ec2Context extends CredentialsContext {
  readonly region: string;
}

const NO_ROOM = [
  'InsufficientInstanceCapacity',
  'InsufficientCapacity',
  'InsufficientFreeAddressesInSubnet',
  'InsufficientAddressCapacity',
  'Unsupported',
];

/** The zone has no room for the machine; EC2 tells some of these like failures of its own. */
export const hasNoRoom = named(...NO_ROOM);

/** EC2's own words, some of which mean something else than those of S3; they are looked at first. */
const OWN: readonly Row<Ec2Context>[] = [
  {
    kind: 'credentials/expired',
    code: EXIT.credentials,
    when: named('RequestExpired'),
    what: () => 'The credentials have expired, or the clock of this machine is wrong.',
    why: ({ source }) => `They come from ${describeSource(source)}; EC2 tells both alike.`,
    next: (context) => `Get new ones (AWS Academy: AWS Details, AWS CLI), then: ${login(context)}`,
  },
  {
    kind: 'credentials/unknown-key',
    code: EXIT.credentials,
    when: named('AuthFailure'),
    what: ({ server }) => `${server} does not accept the credentials.`,
    why: ({ source, region }) =>
      `They come from ${describeSource(source)}; the key or its token is wrong, or the account may not use ${region}.`,
    next: (context) => login(context),
  },
  {
    kind: 'cloud/no-capacity',
    code: EXIT.network,
    when: hasNoRoom,
    what: ({ region }) => `AWS has no room for such a machine in ${region} now.`,
    why: (_, { message }) => message,
    next: () => 'Try again in some minutes, or take another cloud.size.',
  },
  {
    kind: 'cloud/limit',
    code: EXIT.network,
    when: (failure) => /LimitExceeded$/.test(failure.name) && !isBusy(failure),
    what: ({ region }) => `The account has reached a limit in ${region}.`,
    why: (_, { message }) => message,
    next: () => 'End machines that nobody needs, take a smaller cloud.size, or ask AWS for a higher limit.',
  },
  {
    kind: 'cloud/account-blocked',
    code: EXIT.credentials,
    when: named('Blocked', 'PendingVerification', 'OptInRequired', 'AccountDisabled'),
    what: () => 'AWS has not opened this account for machines.',
    why: (_, { message }) => message,
    next: () => 'Ask AWS, or in AWS Academy your teacher.',
  },
  {
    kind: 'cloud/no-profile',
    code: EXIT.usage,
    when: (failure) => said(/iam ?instance ?profile|instance profile/i)(failure) && failure.status !== 403,
    what: () => 'The machine cannot get the rights that the settings name.',
    why: (_, { message }) => message,
    next: () =>
      'Write the name of an instance profile of the account into cloud.instanceProfile (AWS Academy: LabInstanceProfile).',
  },
];

const ROWS: readonly Row<Ec2Context>[] = [
  {
    kind: 'credentials/not-allowed',
    code: EXIT.credentials,
    when: (failure) =>
      named('UnauthorizedOperation', 'AccessDenied')(failure) || [401, 403].includes(failure.status),
    what: ({ subject }) => `You have no permission to do this with ${subject}.`,
    why: (_, { message }) => message,
    next: () => 'Ask the administrator of the AWS account for it, or use another profile.',
  },
  {
    kind: 'cloud/no-network',
    code: EXIT.usage,
    when: named('VPCIdNotSpecified', 'DefaultVpcDoesNotExist', 'MissingInput'),
    what: ({ region }) => `The account has no default network in ${region}.`,
    why: (_, { message }) => message,
    next: ({ region }) => `aws ec2 create-default-vpc --region ${region}`,
  },
  {
    kind: 'cloud/not-ec2',
    code: EXIT.network,
    when: isForeign,
    what: ({ server }) => `Something else than EC2 answered at ${server}.`,
    why: (_, { status }) => `The answer (${status}) had neither an EC2 error code nor a request id.`,
    next: () => 'Log in to the network, if it has a login page, or check AWS_ENDPOINT_URL.',
  },
  {
    kind: 'cloud/unreachable',
    code: EXIT.network,
    when: (failure) => isTls(failure) || isUnreachable(failure),
    what: ({ server }) => `${server} cannot be reached.`,
    why: (_, { message, code }) => `${message}${code && !message.includes(code) ? ` (${code})` : ''}`,
    next: () => 'Check the network, then try again: nothing is made twice.',
  },
  {
    kind: 'cloud/interrupted',
    code: EXIT.network,
    when: isInterrupted,
    what: ({ server }) => `The connection to ${server} broke off again and again.`,
    why: (_, { message }) => message,
    next: () => 'Try again: nothing is made twice.',
  },
  {
    kind: 'cloud/busy',
    code: EXIT.network,
    when: (failure) => isBusy(failure) || failure.status >= 500,
    what: ({ server }) => `${server} has too much to do, or failed.`,
    why: (_, { name, status, message }) => `It went on answering ${name} (${status}): ${message}`,
    next: () => 'Try again in some minutes: nothing is made twice.',
  },
  {
    kind: 'cloud/bad-order',
    code: EXIT.usage,
    when: ({ name }) => /^(Invalid|Unsupported|Missing|Malformed)/.test(name),
    what: ({ server }) => `${server} does not accept what the settings ask for.`,
    why: (_, { name, message }) => `${name}: ${message}`,
    next: () => 'Correct cloud.… in wms.config.json.',
  },
];

/** Every failure of a request as a WmsError with its own text. */
export function ec2Error(failure: Failure, context: Ec2Context): WmsError {
  return (
    told(OWN, failure, context) ??
    told(CREDENTIAL_ROWS, failure, context) ??
    told(ROWS, failure, context) ??
    unlisted(failure, context)
  );
}

function unlisted({ name, status, message }: Failure, { server }: Ec2Context): WmsError {
  return new WmsError({
    kind: 'cloud/refused',
    code: EXIT.network,
    what: `${server} refused a request.`,
    why: `${name}${status === 0 ? '' : ` (${status})`}: ${message}`,
    next: 'npx wms cloud status',
  });
}
