import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory, writeFiles } from './scratch.js';
import { PACKAGE_ROOT } from './team.js';

/** As a team would write it that makes its machine by a script: needs no provider but the one in the program. */
const MAIN = `variable "wms_session" { type = string }
variable "wms_deadline" { type = string }
variable "wms_tags" { type = map(string) }
variable "wms_zone" { type = string }
variable "wms_size" { type = string }
variable "wms_image" { type = string }

resource "terraform_data" "machine" {
  input            = { tags = var.wms_tags }
  triggers_replace = [var.wms_session, var.wms_tags["wms:attempt"]]
  provisioner "local-exec" {
    command = "node machine.mjs make"
    environment = {
      TAGS  = jsonencode(var.wms_tags)
      ZONE  = var.wms_zone
      SIZE  = var.wms_size
      IMAGE = var.wms_image
    }
  }
  provisioner "local-exec" {
    when        = destroy
    command     = "node machine.mjs end"
    environment = { TAGS = jsonencode(self.input.tags) }
  }
}

output "ui" {
  value = "http://127.0.0.1:5000/\${terraform_data.machine.id}"
}
`;

const SCRIPT = `const tags = JSON.parse(process.env.TAGS);
const authorization = \`AWS4-HMAC-SHA256 Credential=\${process.env.AWS_ACCESS_KEY_ID}/20260101/\${process.env.AWS_REGION}/ec2/aws4_request\`;
async function ask(Action, parts) {
  const body = new URLSearchParams({ Action, Version: '2016-11-15', ...parts });
  const response = await fetch(process.env.AWS_ENDPOINT_URL, { method: 'POST', headers: { authorization }, body });
  const text = await response.text();
  if (!response.ok && !text.includes('InvalidGroup.Duplicate')) throw new Error(text);
  return text;
}
const tagged = (type, number) =>
  Object.fromEntries([
    [\`TagSpecification.\${number}.ResourceType\`, type],
    ...Object.entries(tags).flatMap(([key, value], index) => [
      [\`TagSpecification.\${number}.Tag.\${index + 1}.Key\`, key],
      [\`TagSpecification.\${number}.Tag.\${index + 1}.Value\`, value],
    ]),
  ]);
if (process.argv[2] === 'make') {
  const GroupName = \`wms-\${tags['wms:session']}\`;
  await ask('CreateSecurityGroup', { GroupName, GroupDescription: 'x', ...tagged('security-group', 1) });
  await ask('RunInstances', {
    ImageId: process.env.IMAGE,
    InstanceType: process.env.SIZE,
    MinCount: 1,
    MaxCount: 1,
    'Placement.AvailabilityZone': process.env.ZONE,
    ...tagged('instance', 1),
    ...tagged('volume', 2),
  });
  // A kill in this pause finds a machine that the state does not know.
  await new Promise((resolve) => setTimeout(resolve, Number(process.env.TEST_PAUSE ?? 0)));
} else {
  const filter = { 'Filter.1.Name': 'tag:wms:session', 'Filter.1.Value.1': tags['wms:session'] };
  const there = await ask('DescribeInstances', filter);
  for (const [, id] of there.matchAll(/<instanceId>(.*?)</g)) await ask('TerminateInstances', { 'InstanceId.1': id });
}
`;

/** A repository with a stack of one script in \`stack/\`. */
export async function scriptedStack(): Promise<string> {
  const topLevel = makeDirectory();
  await writeFiles(topLevel, { 'stack/main.tf': MAIN, 'stack/machine.mjs': SCRIPT });
  return topLevel;
}

/** A repository with the module of the package in \`stack/\`. */
export async function readyStack(): Promise<string> {
  const topLevel = makeDirectory();
  await cp(join(PACKAGE_ROOT, 'templates/terraform'), join(topLevel, 'stack'), { recursive: true });
  return topLevel;
}
