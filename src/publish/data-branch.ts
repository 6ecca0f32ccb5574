const DATA_BRANCH = /^data\/\d{8}-\d{6}$/;

export const isDataBranch = (branch: string): boolean => DATA_BRANCH.test(branch);

/** `data/YYYYMMDD-HHMMSS`, in UTC. */
export function dataBranchName(when: Date): string {
  const digits = when.toISOString().replace(/[-:T]/g, '');
  return `data/${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}
