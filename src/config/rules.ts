import { isBranchName } from './branch-name.pure.js';
import type { Config } from './schema.js';

/** Something wrong with a setting. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A rule that the shape of a file cannot express. It is skipped while a section that it reads has problems. */
interface Rule {
  readonly reads: readonly (keyof Config)[];
  check(config: Config): Problem[];
}

export const rules: readonly Rule[] = [
  { reads: ['dataset'], check: datasetDirectoriesStandApart },
  { reads: ['dataset'], check: datasetOutsideProgramDirectories },
  { reads: ['dataset', 'model'], check: modelOutsideDataset },
  { reads: ['train'], check: splitIsWhole },
  { reads: ['dataset', 'train'], check: runsOutsideDataset },
  { reads: ['protectedBranches'], check: branchNamesAreValid },
  { reads: ['protectedBranches'], check: dataBranchesAreNotProtected },
  { reads: ['protectedBranches'], check: branchesNamedOnce },
];

function datasetDirectoriesStandApart({ dataset: { images, masks } }: Config): Problem[] {
  const path = ['dataset', 'masks'];
  if (images === masks) return [{ path, message: 'is the same directory as dataset.images' }];
  if (images.toLowerCase() === masks.toLowerCase()) {
    return [
      { path, message: 'differs from dataset.images only in case: one directory on macOS and Windows' },
    ];
  }
  if (isInside(masks, images)) return [{ path, message: 'lies inside dataset.images' }];
  if (isInside(images, masks)) {
    return [{ path: ['dataset', 'images'], message: 'lies inside dataset.masks' }];
  }
  return [];
}

const PROGRAM_DIRECTORIES = ['.git', '.dvc', 'node_modules'];

function datasetOutsideProgramDirectories({ dataset }: Config): Problem[] {
  return (['images', 'masks'] as const).flatMap((key) => {
    const found = dataset[key].split('/').find((part) => PROGRAM_DIRECTORIES.includes(part.toLowerCase()));
    return found ? [{ path: ['dataset', key], message: `must not lie in ${found}` }] : [];
  });
}

function modelOutsideDataset({ dataset, model }: Config): Problem[] {
  return (['images', 'masks'] as const)
    .filter((key) => model.path === dataset[key] || isInside(model.path, dataset[key]))
    .map((key) => ({ path: ['model', 'path'], message: `must not lie in dataset.${key}` }));
}

function splitIsWhole({ train: { split } }: Config): Problem[] {
  const path = ['train', 'split'];
  const sum = split.train + split.validation + split.test;
  if (Math.abs(sum - 1) > 1e-9) {
    return [{ path, message: `must add up to 1, adds up to ${Number(sum.toFixed(6))}` }];
  }
  return split.train === 0 ? [{ path: [...path, 'train'], message: 'must be more than 0' }] : [];
}

function runsOutsideDataset({ dataset, train }: Config): Problem[] {
  return (['images', 'masks'] as const)
    .filter((key) => train.output === dataset[key] || isInside(train.output, dataset[key]))
    .map((key) => ({ path: ['train', 'output'], message: `must not lie in dataset.${key}` }));
}

function branchNamesAreValid({ protectedBranches }: Config): Problem[] {
  return protectedBranches.flatMap((name, index) => {
    const message = branchNameProblem(name);
    return message === null ? [] : [{ path: ['protectedBranches', index], message }];
  });
}

function dataBranchesAreNotProtected({ protectedBranches }: Config): Problem[] {
  return protectedBranches.flatMap((name, index) =>
    name === 'data' || name.startsWith('data/')
      ? [
          {
            path: ['protectedBranches', index],
            message: 'data/… is where publishes go: it cannot be protected',
          },
        ]
      : [],
  );
}

function branchesNamedOnce({ protectedBranches }: Config): Problem[] {
  return protectedBranches.flatMap((name, index) =>
    protectedBranches.indexOf(name) < index
      ? [{ path: ['protectedBranches', index], message: `names ${name} a second time` }]
      : [],
  );
}

function branchNameProblem(name: string): string | null {
  if (name.startsWith('refs/')) return "is a branch's short name, e.g. main instead of refs/heads/main";
  if (isBranchName(name)) return null;
  return `${JSON.stringify(name)} is no branch name that Git accepts (no patterns either)`;
}

function isInside(path: string, directory: string): boolean {
  return path.toLowerCase().startsWith(`${directory.toLowerCase()}/`);
}
