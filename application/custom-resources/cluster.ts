import * as z from 'zod';
import type { ClusterDirectory, EksCluster } from '../../adapters/cluster/eks/directory.ts';
import { endpointProblem, NETWORK_KINDS, type NetworkKind } from '../../domain/cluster-network.ts';
import { KUBERNETES_GROUPS } from '../../domain/kubernetes-groups.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { type AccessEntriesDeps, keepEntries, removeEntries } from './access-entries.ts';
import type { CloudFormationRequest, Made } from './request.ts';

export interface ClusterDeps extends SharedDeps, AccessEntriesDeps {
  directory: ClusterDirectory;
}

const nameSchema = z.object({ Name: z.string().min(1) });
const wantedSchema = z.array(z.strictObject({ principalArn: z.string(), group: z.enum(KUBERNETES_GROUPS) }));
const propertiesSchema = nameSchema.extend({
  Network: z.enum(Object.keys(NETWORK_KINDS) as [NetworkKind, ...NetworkKind[]]),
  /** Addresses from which the functions come, with commas between them; none is an empty text. */
  From: z.string().default(''),
  /** In JSON: CloudFormation would make texts of what is in them. */
  AccessEntries: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(wantedSchema),
});

/**
 * A cluster that a control plane serves, looked at when the control plane is deployed: what its functions would not get along
 * with fails the deployment, with what to do, and not the first release.
 */
export async function keepCluster(deps: ClusterDeps, request: CloudFormationRequest): Promise<Made> {
  const { StackId: stack } = request;
  if (request.RequestType === 'Delete') {
    // also of a Create that failed: some of its entries may be there. Properties without a name were why, and made nothing
    const given = nameSchema.safeParse(request.ResourceProperties);
    if (given.success) await removeEntries(deps, given.data.Name, { stack });
    return { physicalId: request.PhysicalResourceId };
  }
  const { Name: name, AccessEntries: wanted, Network: kind, From } = propertiesSchema.parse(request.ResourceProperties);
  const cluster = await deps.directory.find(name);
  requireAccessEntries(cluster);
  const unreachable = endpointProblem(cluster, { kind, from: From.split(',').filter(address => address !== '') });
  if (unreachable !== undefined) throw new Error(unreachable);
  await keepEntries(deps, name, { wanted, stack });
  return { physicalId: name, attributes: attributesOf(cluster) };
}

/** @throws Error access entries are not read there, or it is not known whether they are */
function requireAccessEntries({ name, authenticationMode }: EksCluster): void {
  if (authenticationMode === 'API' || authenticationMode === 'API_AND_CONFIG_MAP') return;
  throw new Error(
    `cluster ${name}: authenticationMode: found ${authenticationMode ?? 'nothing'}; expected API or API_AND_CONFIG_MAP, because Sluice's functions come in by access entries. ` +
      `Change it (there is no way back from it, and what is in aws-auth stays valid): aws eks update-cluster-config --name ${name} --access-config authenticationMode=API_AND_CONFIG_MAP; ` +
      `wait for it: aws eks wait cluster-active --name ${name}; then deploy again`,
  );
}

/** Texts all, as CloudFormation takes them: `Fn::GetAtt` of the resource. What EKS did not say is an empty one. */
const attributesOf = ({ endpoint, caData, version, authenticationMode = '', vpcId = '' }: EksCluster) => ({
  Endpoint: endpoint,
  CertificateAuthority: caData,
  Version: version,
  AuthenticationMode: authenticationMode,
  VpcId: vpcId,
});
