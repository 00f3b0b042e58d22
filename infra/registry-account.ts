import { Arn, Stack } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/**
 * Properties of a {@link RegistryAccount}.
 *
 *     const props: RegistryAccountProps = {
 *       controlPlane: { account: '123456789012', region: 'eu-west-1' },
 *       repositories: ['shop/checkout'],
 *     };
 */
export interface RegistryAccountProps {
  /** Where the control plane is: its account names this one in `registryAccounts`. */
  readonly controlPlane: { readonly account: string; readonly region: string };
  /** Names of the repositories whose pushes start releases: those of this account and region that workloads name. */
  readonly repositories: readonly string[];
  /** Gets what could not be handed over. @default none: the reconciler finds a push whose event was lost */
  readonly deadLetters?: sqs.IQueue;
}

/**
 * In the account and region of a registry that workloads of a control plane elsewhere use: a rule that forwards pushes to
 * the bus of the control plane. It gives nobody the right to read an image: that is the repository's own policy.
 *
 *     import { App, Stack } from 'aws-cdk-lib';
 *     import { RegistryAccount } from 'sluice/cdk';
 *
 *     const stack = new Stack(new App(), 'Registry', { env: { account: '222222222222', region: 'eu-central-1' } });
 *     new RegistryAccount(stack, 'Sluice', {
 *       controlPlane: { account: '123456789012', region: 'eu-west-1' },
 *       repositories: ['shop/checkout'],
 *     });
 *
 * @throws Error at synthesis without repositories, or where the control plane is in this very account and region: it hears
 *   the pushes there by itself, and would get each of them twice
 */
export class RegistryAccount extends Construct {
  constructor(scope: Construct, id: string, props: RegistryAccountProps) {
    super(scope, id);
    const { controlPlane, repositories, deadLetters } = props;
    const stack = Stack.of(this);
    if (repositories.length === 0) throw new Error('repositories: found none; expected at least one');
    if (controlPlane.account === stack.account && controlPlane.region === stack.region) {
      throw new Error(
        `the control plane is in this account and region (${stack.account}, ${stack.region}): it hears of pushes there by itself`,
      );
    }
    const bus = events.EventBus.fromEventBusArn(
      this,
      'Bus',
      Arn.format({ service: 'events', ...controlPlane, resource: 'event-bus', resourceName: 'default' }, stack),
    );
    new events.Rule(this, 'Pushes', {
      description: `Sluice: pushes to the control plane in ${controlPlane.account}, ${controlPlane.region}`,
      eventPattern: {
        // not what another account forwards to this one
        account: [stack.account],
        source: ['aws.ecr'],
        detailType: ['ECR Image Action'],
        detail: {
          'action-type': ['PUSH'],
          result: ['SUCCESS'],
          'repository-name': [...repositories],
          'image-tag': events.Match.exists(),
        },
      },
      targets: [new targets.EventBus(bus, { ...(deadLetters !== undefined && { deadLetterQueue: deadLetters }) })],
    });
  }
}
