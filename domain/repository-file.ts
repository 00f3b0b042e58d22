import * as z from 'zod';
import { describeValue, type Issue } from './file/issue.ts';
import { ecrPlaceOf } from './repository.ts';
import type { WorkloadRepository } from './workload.ts';

const patternError = "a pattern of tags such as 'v*'";
const excludingError = `${patternError}, or one to exclude such as '!*-arm64'`;
/** One pattern, or a list: a tag starts a release where one of them matches it and none that begins with `!` does. */
const tagsSchema = z
  .union(
    [
      z.string({ error: patternError }).regex(/^[A-Za-z0-9_.*-]{1,128}$/),
      z
        .array(z.string({ error: excludingError }).regex(/^!?[A-Za-z0-9_.*-]{1,128}$/), { error: patternError })
        .min(1, { error: patternError })
        .max(20, { error: 'at most 20 patterns' })
        .refine(patterns => patterns.length === 0 || patterns.some(pattern => !pattern.startsWith('!')), {
          error: `${patternError} beside those that exclude: alone they match no tag`,
        }),
    ],
    { error: `${patternError}, or a list of them such as ['v*', '!*-arm64']` },
  )
  .meta({
    description:
      'Tags that start a release; * is any run of characters. In a list one that begins with ! excludes, such as tags of the parts of a multi-platform image.',
    examples: ['v*', ['v*', '!*-arm64', '!*-amd64']],
  });

const registryError =
  'the host of a registry, without https:// and without a path, such as ghcr.io or 123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const credentialsError = 'the ARN of a secret in AWS Secrets Manager';

/** A repository of a workload. Which keys belong together, `checkRepositories` says. */
export const repositorySchema = z.strictObject({
  name: z
    .string({ error: 'the name of a repository' })
    .regex(/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/)
    .max(256, { error: 'the name of a repository, at most 256 characters' })
    .meta({ description: "The repository's name, without the registry.", examples: ['checkout'] }),
  registry: z
    .string({ error: registryError })
    .max(253, { error: registryError })
    .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+(?::\d{1,5})?$/)
    .meta({
      description:
        "The registry's host: ECR of another account or region, or another registry (GHCR, Docker Hub as docker.io, Artifactory), whose images are started by digest. Absent: ECR of the control plane's account and region.",
      examples: ['222222222222.dkr.ecr.eu-central-1.amazonaws.com', 'ghcr.io'],
    })
    .optional(),
  tags: tagsSchema.optional(),
  credentials: z
    .string({ error: credentialsError })
    .regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}$/)
    .meta({
      description:
        'A secret whose text is {"username": "…", "password": "…"} (or accessToken in place of password): with it another registry than ECR is asked whether a digest is there. Absent: it is asked without.',
      examples: ['arn:aws:secretsmanager:eu-west-1:123456789012:secret:sluice/ghcr-AbCdEf'],
    })
    .optional(),
  verify: z
    .literal(false)
    .meta({
      description:
        'false: another registry than ECR is not asked, because no function can reach it. The digest that start is given is released, and the ledger says that nobody verified it.',
      examples: [false],
    })
    .optional(),
});

type RepositoryInput = z.output<typeof repositorySchema>;

/** What a workload keeps of it. */
export const repositoryOf = ({ name, tags, registry, credentials, verify }: RepositoryInput): WorkloadRepository => ({
  name,
  ...(tags !== undefined && { tags }),
  ...(registry !== undefined && { registry }),
  ...(credentials !== undefined && { credentials }),
  ...(verify !== undefined && { verify }),
});

/** ECR says what is pushed, and is asked by the functions' own role; of others neither is so. */
export function checkRepositories(repositories: readonly RepositoryInput[]): Issue[] {
  return repositories.flatMap((repository, index): Issue[] => {
    const path = ['repositories', index];
    const refused = (key: 'tags' | 'credentials' | 'verify', expected: string): Issue[] =>
      repository[key] === undefined
        ? []
        : [{ path: [...path, key], at: 'value', found: describeValue(repository[key]), expected }];
    const { registry, tags, credentials, verify } = repository;
    if (registry !== undefined && ecrPlaceOf(registry) === undefined) {
      return [
        ...refused('tags', `nothing: nobody announces what is pushed to ${registry}; \`start\` with a digest does`),
        ...(credentials !== undefined && verify === false
          ? refused('credentials', 'nothing, or no `verify: false`: without asking the registry nobody needs them')
          : []),
      ];
    }
    return [
      ...(tags === undefined
        ? [{ path, at: 'missing' as const, found: 'a repository of ECR without tags', expected: patternError }]
        : []),
      ...refused('credentials', "nothing: ECR is asked by the functions' own role"),
      ...refused('verify', 'nothing: ECR is always asked'),
    ];
  });
}
