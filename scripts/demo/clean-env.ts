const FOREIGN = [
  'GIT_.*|WMS_.*|HUSKY|INIT_CWD|NODE_ENV',
  'npm_config_(prefix|local_prefix|global|workspaces?|include_workspace_root|dry_run|onnxruntime_node_install)',
].join('|');

/**
 * The environment without what npm and Git of whoever runs this are set to: started by `npm run`, another npm would
 * work on this project instead of the one in its directory; Git might sign commits or run hooks from elsewhere.
 */
export function cleanEnv(): NodeJS.ProcessEnv {
  const foreign = new RegExp(`^(${FOREIGN})$`, 'i');
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
    GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
}
