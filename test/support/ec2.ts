import { type Ec2Options, ec2Compute } from '../../src/adapters/ec2/index.js';
import type { Compute } from '../../src/ports/compute.js';
import { FakeTiming } from './fake-timing.js';
import { noPrompter } from './no-prompter.js';
import { s3Remote } from './s3-remote.js';

/** EC2 as the server at `url` plays it; the team is who shares the bucket. No pause takes time. */
export function testEc2(
  url: string,
  options: Partial<Ec2Options> & { bucket?: string } = {},
): Promise<Compute> {
  const { bucket = 'wms-test', ...rest } = options;
  return ec2Compute({
    remote: { ...s3Remote(url), bucket },
    env: { AWS_ENDPOINT_URL: url },
    prompter: noPrompter,
    region: 'us-east-1',
    homedir: '/nonexistent',
    timing: new FakeTiming(),
    ...rest,
  });
}
