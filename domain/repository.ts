/** Where images of a workload are pushed to. */
export interface Repository {
  /** Without the registry. */
  name: string;
  /** The registry's host, and port where it has one. Absent: ECR of the control plane's own account and region. */
  registry?: string;
  /** ARN of the secret with which another registry than ECR is asked. Absent: it is asked without. */
  credentials?: string;
  /** Another registry than ECR is not asked: whoever starts a release gives the digest. */
  verify?: false;
}

/** As it stands in ledgers, in `start` and before the digest of a container's image: `checkout`, `ghcr.io/acme/checkout`. */
export const repositoryText = ({ name, registry }: Repository): string =>
  registry === undefined ? name : `${registry}/${name}`;

/** An ECR registry: each account has one in each region. */
export interface EcrPlace {
  account: string;
  region: string;
}

/** The host of a private ECR registry; those of GovCloud end as the usual ones do. docs: "Private registries" */
const ECR_HOST = /^(\d{12})\.dkr\.ecr\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com(?:\.cn)?$/;

/** Whose ECR it is; undefined: it is another registry. */
export function ecrPlaceOf(registry: string): EcrPlace | undefined {
  const [, account, region] = ECR_HOST.exec(registry) ?? [];
  return account === undefined || region === undefined ? undefined : { account, region };
}

export const ecrHostOf = ({ account, region }: EcrPlace): string =>
  `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
