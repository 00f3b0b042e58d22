import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import { openEksAccessEntries } from '../../adapters/cluster/eks/access-entries.ts';
import { openEksDirectory } from '../../adapters/cluster/eks/directory.ts';
import { fakeDeployedVersions } from '../../adapters/deployed/deployed-versions.ts';
import { openAlbRouter } from '../../adapters/router/alb/router.ts';
import { openAlbRuleKeeper } from '../../adapters/router/alb/rule-keeper.ts';
import { eksEndpoint, type LabEks } from '../../lab/aws/eks-endpoint.ts';
import { openElbv2Endpoint } from '../../lab/aws/elbv2-endpoint.ts';
import type { ResourceTags } from '../../lab/aws/elbv2-tags.ts';
import { openWireServer } from '../../lab/aws/wire-server.ts';
import { groupTags, openCloudFormation, ruleTags } from '../functions/custom-resources/cloud-formation.ts';
import {
  apiRuleArn,
  blueArn,
  greenArn,
  mainRuleArn,
  openMemoryLoadBalancer,
  previewRuleArn,
} from '../lab/aws/memory-load-balancer.ts';

export { groupTags, OTHER_STACK, PLAN, ruleTags, SHOP_STACK } from '../functions/custom-resources/cloud-formation.ts';

/** The same with a load balancer and an EKS behind the wire: for what a vendor's answers make of it. */
export async function openCloudFormationLab(options: { takesAnswers?: boolean } = {}) {
  const loadBalancer = openMemoryLoadBalancer();
  const tags: ResourceTags = {
    [blueArn]: groupTags('blue'),
    [greenArn]: groupTags('green'),
    ...Object.fromEntries([mainRuleArn, apiRuleArn, previewRuleArn].map(arn => [arn, ruleTags()])),
  };
  const groups: Record<string, Partial<TargetGroup>> = {};
  const eks: LabEks = {
    clusters: {
      prod: {
        endpoint: 'https://prod.example.com',
        certificateAuthority: 'Q0E=',
        authenticationMode: 'API_AND_CONFIG_MAP',
        version: '1.34',
        vpcId: 'vpc-11111111',
        endpointPublicAccess: true,
        endpointPrivateAccess: false,
        publicAccessCidrs: ['0.0.0.0/0'],
      },
    },
    entries: new Map(),
    unknownPrincipals: new Map(),
    denied: 0,
  };
  const endpoints = [openElbv2Endpoint({ loadBalancer, tags, groups }), eksEndpoint(eks)];
  const wire = await openWireServer({ endpoints });
  const cloudFormation = await openCloudFormation(options);
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: wire.url,
    AWS_ENDPOINT_URL_EKS: wire.url,
  };
  const deps = {
    ...cloudFormation.deps,
    deployed: fakeDeployedVersions(),
    rules: openAlbRuleKeeper(env),
    router: openAlbRouter(env),
    directory: openEksDirectory(env),
    entries: openEksAccessEntries(env),
  };
  return {
    ...cloudFormation,
    loadBalancer,
    tags,
    groups,
    eks,
    wire,
    deps,
    async close(): Promise<void> {
      await wire.close();
      await cloudFormation.close();
    },
  };
}
