/** Tests must not see the developer's own AWS account, Git settings or hooks. */
export default function isolate(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('AWS_') && name !== 'AWS_CA_BUNDLE') delete process.env[name];
    if (name.startsWith('GIT_') && !name.startsWith('GIT_SSL')) delete process.env[name];
    if (name.startsWith('WMS_')) delete process.env[name];
  }
  process.env.AWS_CONFIG_FILE = '/nonexistent/aws-config';
  process.env.AWS_SHARED_CREDENTIALS_FILE = '/nonexistent/aws-credentials';
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  process.env.GIT_CONFIG_NOSYSTEM = '1';
}
