/**
 * The AWS Load Balancer Controller's TargetGroupBinding, as far as Sluice writes it: the schema decides which fields the
 * server keeps and who owns what of them. Without the controller's webhooks.
 */
export const targetGroupBindingCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'targetgroupbindings.elbv2.k8s.aws' },
  spec: {
    group: 'elbv2.k8s.aws',
    names: {
      kind: 'TargetGroupBinding',
      listKind: 'TargetGroupBindingList',
      plural: 'targetgroupbindings',
      singular: 'targetgroupbinding',
    },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1beta1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['serviceRef', 'targetGroupARN'],
                properties: {
                  serviceRef: {
                    type: 'object',
                    required: ['name', 'port'],
                    properties: {
                      name: { type: 'string' },
                      port: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
                    },
                  },
                  targetGroupARN: { type: 'string' },
                  targetType: { type: 'string', enum: ['instance', 'ip'] },
                  ipAddressType: { type: 'string', enum: ['ipv4', 'ipv6'] },
                  vpcID: { type: 'string' },
                  networking: {
                    type: 'object',
                    properties: {
                      ingress: {
                        type: 'array',
                        items: {
                          type: 'object',
                          required: ['from', 'ports'],
                          properties: {
                            from: {
                              type: 'array',
                              items: {
                                type: 'object',
                                properties: {
                                  securityGroup: {
                                    type: 'object',
                                    required: ['groupID'],
                                    properties: { groupID: { type: 'string' } },
                                  },
                                },
                              },
                            },
                            ports: {
                              type: 'array',
                              items: {
                                type: 'object',
                                properties: {
                                  protocol: { type: 'string', enum: ['TCP', 'UDP'] },
                                  port: {
                                    anyOf: [{ type: 'integer' }, { type: 'string' }],
                                    'x-kubernetes-int-or-string': true,
                                  },
                                },
                              },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
              status: { type: 'object', properties: { observedGeneration: { type: 'integer', format: 'int64' } } },
            },
          },
        },
      },
    ],
  },
};
