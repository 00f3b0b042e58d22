import {
  CloudWatchClient,
  GetMetricData$,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  InvalidParameterValueException,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeImages$,
  DescribeImagesCommand,
  ECRClient,
  type DescribeImagesCommandInput as EcrDescribeImagesInput,
  ImageNotFoundException,
} from '@aws-sdk/client-ecr';
import {
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  type ModifyRuleCommandInput,
  RuleNotFoundException,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ExecutionAlreadyExists,
  SFNClient,
  StartExecution$,
  StartExecutionCommand,
  type StartExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import { Publish$, PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../lab/aws/wire-server.ts';
import { client, elb, open, rule } from './wire-in-test.ts';

describe('a real SDK client is understood and answered', () => {
  it('in Query and XML: ModifyRule of ELBv2, nested lists, numbers, booleans and characters that XML escapes', async () => {
    // Prepare
    const seen: ModifyRuleCommandInput[] = [];
    const rules = [{ RuleArn: rule, Priority: '7', IsDefault: false, Conditions: [{ Values: ['a<b>&"c"'] }] }];
    const server = await open(
      elb(async input => {
        seen.push(input);
        return { Rules: rules };
      }),
    );
    const input: ModifyRuleCommandInput = {
      RuleArn: rule,
      Conditions: [],
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: 'blue & co', Weight: 0 },
              { TargetGroupArn: 'grün=1', Weight: 999 },
            ],
            TargetGroupStickinessConfig: { Enabled: false, DurationSeconds: 60 },
          },
        },
      ],
    };
    // Act
    const output = await client(ElasticLoadBalancingV2Client, server.url).send(new ModifyRuleCommand(input));
    // Assess
    expect(seen).toEqual([input]);
    expect(output.Rules).toEqual(rules);
  });

  it('in Query and XML: the attribute map of an SNS message', async () => {
    const seen: PublishCommandInput[] = [];
    const server = await open({
      signingName: 'sns',
      operations: {
        Publish: {
          schema: Publish$,
          handle: async (input: PublishCommandInput) => {
            seen.push(input);
            return { MessageId: 'm-1' };
          },
        },
      },
    });
    const input = {
      TopicArn: 'arn:aws:sns:eu-west-1:123456789012:releases',
      Message: '{"a":"b\nc"}',
      MessageAttributes: {
        one: { DataType: 'String', StringValue: '1' },
        two: { DataType: 'Binary', BinaryValue: Uint8Array.from([1, 2, 255]) },
      },
    };
    const output = await client(SNSClient, server.url).send(new PublishCommand(input));
    expect(output.MessageId).toBe('m-1');
    expect(seen[0]).toMatchObject({ ...input, MessageAttributes: { one: input.MessageAttributes.one } });
    expect([...(seen[0]?.MessageAttributes?.two?.BinaryValue ?? [])]).toEqual([1, 2, 255]);
  });

  it('in JSON 1.0: GetMetricData of CloudWatch, instants and fractions', async () => {
    const seen: GetMetricDataCommandInput[] = [];
    const result = { Id: 'a', Timestamps: [new Date('2026-11-21T10:00:00Z')], Values: [0.25] };
    const server = await open({
      signingName: 'monitoring',
      operations: {
        GetMetricData: {
          schema: GetMetricData$,
          handle: async (input: GetMetricDataCommandInput) => {
            seen.push(input);
            return { MetricDataResults: [result] };
          },
        },
      },
    });
    const input = {
      StartTime: new Date('2026-11-21T09:59:00Z'),
      EndTime: new Date('2026-11-21T10:01:00Z'),
      MetricDataQueries: [{ Id: 'a', MetricStat: { Metric: { MetricName: 'RequestCount' }, Period: 60, Stat: 'Sum' } }],
    };
    const output = await client(CloudWatchClient, server.url).send(new GetMetricDataCommand(input));
    expect(seen).toEqual([input]);
    expect(output.MetricDataResults).toEqual([result]);
  });

  it('in JSON 1.0: StartExecution of Step Functions', async () => {
    const startDate = new Date('2026-11-21T10:00:00.500Z');
    const server = await open({
      signingName: 'states',
      operations: {
        StartExecution: {
          schema: StartExecution$,
          handle: async (input: StartExecutionCommandInput) => ({
            executionArn: `${input.stateMachineArn}:${input.name}`,
            startDate,
          }),
        },
      },
    });
    const output = await client(SFNClient, server.url).send(
      new StartExecutionCommand({ stateMachineArn: 'machine', name: 'r-1', input: '{}' }),
    );
    expect(output).toMatchObject({ executionArn: 'machine:r-1', startDate });
  });

  it('in JSON 1.1: DescribeImages of ECR', async () => {
    const imageDetails = [
      { imageDigest: 'sha256:1', imageTags: ['v1'], imagePushedAt: new Date('2026-11-21T10:00:00Z') },
    ];
    const server = await open({
      signingName: 'ecr',
      operations: { DescribeImages: { schema: DescribeImages$, handle: async () => ({ imageDetails }) } },
    });
    const output = await client(ECRClient, server.url).send(
      new DescribeImagesCommand({ repositoryName: 'checkout', imageIds: [{ imageTag: 'v1' }] }),
    );
    expect(output.imageDetails).toEqual(imageDetails);
  });

  it('in REST: Invoke of Lambda, through an endpoint that reads the path itself', async () => {
    const server = await open({
      signingName: 'lambda',
      operationOf: () => 'Invoke',
      answer: async request => ({
        statusCode: 200,
        body: JSON.stringify({ path: request.path, got: `${request.body}` }),
      }),
    });
    const output = await client(LambdaClient, server.url).send(
      new InvokeCommand({ FunctionName: 'look', Payload: Buffer.from('{"a":1}') }),
    );
    expect(JSON.parse(Buffer.from(output.Payload ?? []).toString())).toEqual({
      path: '/2015-03-31/functions/look/invocations',
      got: '{"a":1}',
    });
  });
});

describe('a refusal reaches the client as its typed exception', () => {
  it('over Query: RuleNotFound', async () => {
    const server = await open(
      elb(async () => {
        throw new AwsError('RuleNotFound', "One or more rules not found <it's & gone>");
      }),
    );
    const sent = client(ElasticLoadBalancingV2Client, server.url).send(new ModifyRuleCommand({ RuleArn: rule }));
    const error = await sent.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RuleNotFoundException);
    expect((error as Error).message).toBe("One or more rules not found <it's & gone>");
  });

  it('over JSON 1.0: ExecutionAlreadyExists', async () => {
    const server = await open({
      signingName: 'states',
      operations: {
        StartExecution: {
          schema: StartExecution$,
          handle: async () => {
            throw new AwsError('ExecutionAlreadyExists', "Execution Already Exists: 'r-1'");
          },
        },
      },
    });
    const sent = client(SFNClient, server.url).send(new StartExecutionCommand({ stateMachineArn: 'machine' }));
    const error = await sent.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ExecutionAlreadyExists);
    expect((error as Error).message).toBe("Execution Already Exists: 'r-1'");
  });

  it('over JSON 1.0 with the old Query code: InvalidParameterValue of CloudWatch', async () => {
    const server = await open({
      signingName: 'monitoring',
      operations: {
        GetMetricData: {
          schema: GetMetricData$,
          handle: async () => {
            throw new AwsError('InvalidParameterValue', 'too many queries');
          },
        },
      },
    });
    const sent = client(CloudWatchClient, server.url).send(
      new GetMetricDataCommand({ MetricDataQueries: [], StartTime: new Date(0), EndTime: new Date(1) }),
    );
    const error = await sent.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidParameterValueException);
    expect(error).toMatchObject({ Type: 'Sender', Error: { Code: 'InvalidParameterValue' } });
  });

  it('over JSON 1.1: ImageNotFoundException', async () => {
    const server = await open({
      signingName: 'ecr',
      operations: {
        DescribeImages: {
          schema: DescribeImages$,
          handle: async (input: EcrDescribeImagesInput) => {
            throw new AwsError('ImageNotFoundException', `not in ${input.repositoryName}`);
          },
        },
      },
    });
    const sent = client(ECRClient, server.url).send(new DescribeImagesCommand({ repositoryName: 'checkout' }));
    const error = await sent.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImageNotFoundException);
    expect((error as Error).message).toBe('not in checkout');
  });

  it('and an operation that the lab does not have says so', async () => {
    const server = await open({ signingName: 'elasticloadbalancing', operations: {} });
    const sent = client(ElasticLoadBalancingV2Client, server.url).send(new ModifyRuleCommand({ RuleArn: rule }));
    await expect(sent).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: "the lab's elasticloadbalancing has no operation 'ModifyRule'",
    });
  });

  it('and a service that the lab does not have says so', async () => {
    const server = await open(elb(async () => ({})));
    const sent = client(SNSClient, server.url).send(new PublishCommand({ Message: 'hello' }));
    await expect(sent).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'the lab has no service sns, only elasticloadbalancing',
    });
  });

  it('and a call without a required member is a ValidationError that names it', async () => {
    const server = await open(elb(async () => ({})));
    const sent = client(ElasticLoadBalancingV2Client, server.url).send(
      new ModifyRuleCommand({ Actions: [] } as unknown as ModifyRuleCommandInput),
    );
    await expect(sent).rejects.toMatchObject({ name: 'ValidationError', message: expect.stringContaining('RuleArn') });
  });

  it('and a request without a signature is refused', async () => {
    const server = await open(elb(async () => ({})));
    const response = await fetch(server.url, { method: 'POST', body: new URLSearchParams({ Action: 'ModifyRule' }) });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });
});
