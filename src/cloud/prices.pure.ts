/**
 * List prices of AWS on demand, in USD, without taxes, traffic and surplus CPU credits (t3 and t3a: 0.05 per vCPU and hour
 * above their baseline). Sizes with Linux, in the two regions that AWS Academy allows; both cost the same there.
 *
 * AWS publishes them, and they are to be read again there:
 * - machines: https://aws.amazon.com/ec2/pricing/on-demand/
 * - disks (gp3): https://aws.amazon.com/ebs/pricing/
 * - public IPv4 addresses: https://aws.amazon.com/vpc/pricing/
 *
 * `asOf` is the month of the newest published lists that agree with these numbers; t3a, and the second region, rest on one
 * such list each. t3.large was also compared with https://go-cloud.io/?p=10607, addresses with
 * https://community.aws/content/2c6ZrrsnA4J05HmC4ptFULZY0Bp/estimating-your-public-ipv4-address-charges-in-aws.
 * A test fails when this is older than a year.
 */
export const PRICES = {
  asOf: '2026-06-01',
  regions: ['us-east-1', 'us-west-2'],
  machinePerHour: {
    't3.micro': 0.0104,
    't3.small': 0.0208,
    't3.medium': 0.0416,
    't3.large': 0.0832,
    't3a.micro': 0.0094,
    't3a.small': 0.0188,
    't3a.medium': 0.0376,
    't3a.large': 0.0752,
    'c5.large': 0.085,
    'm5.large': 0.096,
    'm6i.large': 0.096,
    'r5.large': 0.126,
  },
  diskPerGbMonth: 0.08,
  addressPerHour: 0.005,
} as const;
