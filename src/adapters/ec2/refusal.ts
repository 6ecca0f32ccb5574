import type { STS } from '@aws-sdk/client-sts';
import { type Failure, failureOf } from '../s3/failure.js';

const LONGEST_MS = 5000;
const ENCODED = /\s*Encoded authorization failure message:\s*(\S+)/i;

interface Decoded {
  readonly explicitDeny?: boolean;
  readonly matchedStatements?: { readonly items?: readonly { readonly sourcePolicyId?: string }[] };
  readonly context?: {
    readonly principal?: { readonly arn?: string };
    readonly action?: string;
    readonly resource?: string;
  };
}

/** The failure with EC2's encoded reason in words, as far as the caller may read it. */
export async function explained(
  error: unknown,
  secrets: readonly string[],
  openSts: () => Promise<STS>,
): Promise<Failure> {
  const failure = failureOf(error, secrets);
  const message = String((error as { message?: unknown } | null)?.message ?? '');
  const encoded = ENCODED.exec(message)?.[1];
  if (encoded === undefined) return failure;
  const plain = failureOf({ message: message.replace(ENCODED, '') }, secrets).message;
  const reason = await decode(encoded, await openSts(), secrets);
  return { ...failure, message: [plain, reason].filter(Boolean).join(' ') };
}

async function decode(encoded: string, sts: STS, secrets: readonly string[]): Promise<string> {
  try {
    const { DecodedMessage } = await sts.decodeAuthorizationMessage(
      { EncodedMessage: encoded },
      { abortSignal: AbortSignal.timeout(LONGEST_MS) },
    );
    return inWords(JSON.parse(DecodedMessage ?? '{}') as Decoded);
  } catch (error) {
    // That this is denied, too, is no news; but it says by which policy when a lab has ended.
    const { message } = failureOf(error, secrets);
    return /voc-cancel-cred/.test(message) ? message : '';
  } finally {
    sts.destroy();
  }
}

function inWords({ context, explicitDeny, matchedStatements }: Decoded): string {
  if (context?.action === undefined) return '';
  const who = context.principal?.arn ?? 'You';
  const policies = (matchedStatements?.items ?? []).flatMap(({ sourcePolicyId }) => sourcePolicyId ?? []);
  const names = policies.length > 0 ? `: ${[...new Set(policies)].join(', ')}` : '';
  const how = explicitDeny ? ` with an explicit deny${names}` : '';
  return `${who} is not authorized to perform: ${context.action} on ${context.resource ?? '*'}${how}`;
}
