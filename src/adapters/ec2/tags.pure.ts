import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { DEADLINE_TAG, type MachineOrder } from '../../ports/compute.js';

const TEAM = 'wms:team';
const SESSION = 'wms:session';
const ATTEMPT = 'wms:attempt';

/** Tags of all that is made for a session. */
export function sessionTags(team: string, session: string): Tag[] {
  return [
    { Key: 'Name', Value: `wms ${session}` },
    { Key: TEAM, Value: team },
    { Key: SESSION, Value: session },
  ];
}

export function orderTags(team: string, { session, attempt, deadline, openedBy }: MachineOrder): Tag[] {
  return [
    ...sessionTags(team, session),
    { Key: ATTEMPT, Value: String(attempt) },
    { Key: DEADLINE_TAG, Value: deadline },
    { Key: 'wms:opened-by', Value: plain(openedBy) },
  ];
}

export function filters(team: string, session?: string, attempt?: number): Filter[] {
  return [
    { Name: `tag:${TEAM}`, Values: [team] },
    ...(session === undefined ? [] : [{ Name: `tag:${SESSION}`, Values: [session] }]),
    ...(attempt === undefined ? [] : [{ Name: `tag:${ATTEMPT}`, Values: [String(attempt)] }]),
  ];
}

export function sessionOf(tags: readonly Tag[] | undefined): string {
  return tagValue(tags, SESSION);
}

export function tagValue(tags: readonly Tag[] | undefined, key: string): string {
  return tags?.find(({ Key }) => Key === key)?.Value ?? '';
}

/** In the letters that tags of all services of AWS may have. */
export function plain(text: string): string {
  return text
    .replace(/[^\p{L}\p{N}_.:/=+@-]+/gu, ' ')
    .trim()
    .slice(0, 256);
}
