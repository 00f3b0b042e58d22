import { type DeployedVersionDeps, keepDeployedVersion } from '../../application/custom-resources/deployed-version.ts';
import { type CustomResourceDeps, makeCustomResource } from '../lambda/custom-resource.ts';
import { openDeployedVersions, openShared } from '../lambda/open.ts';
import { customResource } from '../lambda/open-custom-resource.ts';

export const makeHandler = (deps: DeployedVersionDeps & CustomResourceDeps) =>
  makeCustomResource('deployed-version', deps, request => keepDeployedVersion(deps, request));

export const handler = customResource(
  'deployed-version',
  env => ({ ...openShared(env), deployed: openDeployedVersions(env) }),
  keepDeployedVersion,
);
