import { paginateDescribeImages, paginateDescribeInstanceTypeOfferings } from '@aws-sdk/client-ec2';
import { EXIT, WmsError } from '../../errors.js';
import type { Account } from './account.js';
import { allPages } from './all-pages.js';

/** Debian's own account, and its current release. */
const DEBIAN = '136693071363';
const IMAGES = 'debian-13-amd64-*';

/** Zones of the region that have machines of this size and a network for them. Throws WmsErrors, see `Compute.zones`. */
export async function zonesFor(account: Account, size: string): Promise<string[]> {
  const Filters = [{ Name: 'instance-type', Values: [size] }];
  const question = { LocationType: 'availability-zone' as const, Filters };
  const offered = await account.ask((client) =>
    allPages(paginateDescribeInstanceTypeOfferings({ client }, question), ({ InstanceTypeOfferings }) =>
      InstanceTypeOfferings?.flatMap(({ Location }) => Location ?? []),
    ),
  );
  if (offered.length === 0) throw noSize(size, account.region);
  const networks = await subnets(account);
  const zones = offered.filter((zone) => networks.has(zone)).sort();
  if (zones.length === 0) throw noNetwork(account.region);
  return zones;
}

/** Default network of the zone. */
export async function subnetIn(account: Account, zone: string): Promise<string> {
  const subnet = (await subnets(account)).get(zone);
  if (subnet === undefined) throw noNetwork(zone);
  return subnet;
}

async function subnets(account: Account): Promise<Map<string, string>> {
  const Filters = [{ Name: 'default-for-az', Values: ['true'] }];
  const { Subnets = [] } = await account.ask((ec2) => ec2.describeSubnets({ Filters }));
  return new Map(
    Subnets.map(({ AvailabilityZone, SubnetId }) => [AvailabilityZone ?? '', SubnetId ?? ''] as const),
  );
}

/** Id of Debian's newest image. */
export async function newestImage(account: Account): Promise<string> {
  const Filters = [
    { Name: 'name', Values: [IMAGES] },
    { Name: 'state', Values: ['available'] },
  ];
  const images = await account.ask((client) =>
    allPages(paginateDescribeImages({ client }, { Owners: [DEBIAN], Filters }), ({ Images }) => Images),
  );
  const dates = images.map(({ CreationDate = '', ImageId = '' }) => `${CreationDate} ${ImageId}`).sort();
  const newest = dates.at(-1)?.split(' ')[1];
  if (newest !== undefined) return newest;
  throw new WmsError({
    kind: 'cloud/no-image',
    code: EXIT.network,
    what: `There is no image of Debian in ${account.region}.`,
    why: `The account ${DEBIAN} of Debian shows none named ${IMAGES} there.`,
    next: 'Take another cloud.region, e.g. us-east-1.',
  });
}

function noSize(size: string, region: string): WmsError {
  return new WmsError({
    kind: 'cloud/no-size',
    code: EXIT.usage,
    what: `${region} has no machines of the size ${size}.`,
    why: 'AWS Academy allows sizes up to large, e.g. t3.medium, t3.large or m5.large, in us-east-1 and us-west-2.',
    next: 'Correct cloud.size or cloud.region in wms.config.json.',
  });
}

function noNetwork(place: string): WmsError {
  return new WmsError({
    kind: 'cloud/no-network',
    code: EXIT.usage,
    what: `The account has no default network in ${place}.`,
    why: 'Somebody deleted the one that AWS makes for every account.',
    next: `aws ec2 create-default-vpc --region ${place.replace(/[a-z]$/, '')}`,
  });
}
