import type { Boto3, Call } from '../../support/boto3.ts';

/*
 * What moto's CloudFormation does with each type of our templates. A type that is in neither list fails the test: try what
 * moto makes of it, then write a reader, or the reason why there is none.
 */

/** What an account has of a type, by name: what a deployment is told to make it, and no number of its own. */
export type Facts = Record<string, unknown>;

/** What is not made there, and so not proven there. */
export const NOT_KNOWN: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': "moto's alarms have no CloudFormation; test/infra/alarms.synth.test.ts reads them",
  'AWS::Lambda::EventInvokeConfig': "moto's configurations of asynchronous calls have no CloudFormation",
  'AWS::SNS::TopicPolicy': "moto's topics get policies by their own API alone",
  'AWS::SQS::QueuePolicy': "moto's queues get policies by their own API alone",
  'Custom::SluiceCluster':
    'as the other custom resources, which moto creates in a container and neither updates nor deletes',
  'Custom::SluiceListenerRule':
    'moto creates custom resources in a container, and neither updates nor deletes them; stack.test.ts does',
  'Custom::SluiceVersion': 'as the other custom resources: test/custom-resources/deployed-version.test.ts',
  'Custom::SluiceWorkload': 'as the other custom resource: test/custom-resources/stack.test.ts',
};

/** What moto makes and removes, and does not change: it takes the update and leaves all as it was. */
export const NOT_CHANGED: Readonly<Record<string, string>> = {
  'AWS::Lambda::Version':
    'moto publishes one version of a function from a template, also where the next template has another, and keeps none for its policy',
  'AWS::ElasticLoadBalancingV2::TargetGroup':
    'moto has no update of them, and gives them neither tags nor attributes; test/infra/progressive-workload.synth.test.ts reads those',
};

export const READERS: Readonly<Record<string, (boto: Boto3) => Promise<Facts>>> = {
  'AWS::DynamoDB::Table': async boto => {
    const { TableNames } = await boto.call<{ TableNames: string[] }>(all('dynamodb', 'list_tables'));
    return byName(TableNames, async TableName => {
      const { Table } = await boto.call<{ Table: Facts }>(one('dynamodb', 'describe_table', { TableName }));
      return only(Table, 'KeySchema', 'BillingModeSummary', 'AttributeDefinitions');
    });
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': async boto => {
    const { TargetGroups } = await boto.call<{ TargetGroups: (Facts & { TargetGroupArn: string })[] }>(
      all('elbv2', 'describe_target_groups'),
    );
    return byName(
      TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn),
      async arn => TargetGroups.find(({ TargetGroupArn }) => TargetGroupArn === arn),
    );
  },
  'AWS::Events::Rule': async boto => {
    const { Rules } = await boto.call<{ Rules: { Name: string }[] }>(all('events', 'list_rules'));
    return byName(
      Rules.map(({ Name }) => Name),
      async Rule => {
        const rule = Rules.find(({ Name }) => Name === Rule);
        const { Targets } = await boto.call<{ Targets: unknown }>(all('events', 'list_targets_by_rule', { Rule }));
        return { ...rule, Targets };
      },
    );
  },
  'AWS::IAM::Policy': async boto => {
    const found: Facts = {};
    for (const RoleName of await rolesOf(boto)) {
      const { PolicyNames } = await boto.call<{ PolicyNames: string[] }>(
        all('iam', 'list_role_policies', { RoleName }),
      );
      for (const PolicyName of PolicyNames) {
        const policy = await boto.call(one('iam', 'get_role_policy', { RoleName, PolicyName }));
        found[`${RoleName} ${PolicyNames.indexOf(PolicyName)}`] = policy.PolicyDocument;
      }
    }
    return found;
  },
  'AWS::IAM::Role': async boto =>
    byName(await rolesOf(boto), async RoleName => {
      const { Role } = await boto.call<{ Role: Facts }>(one('iam', 'get_role', { RoleName }));
      return only(Role, 'Arn', 'AssumeRolePolicyDocument', 'Description');
    }),
  'AWS::KMS::Key': async boto => {
    // moto cannot describe a key whose policy came from a template
    const { Keys } = await boto.call<{ Keys: { KeyId: string }[] }>(all('kms', 'list_keys'));
    return Object.fromEntries(Keys.map(({ KeyId }) => [KeyId, {}]));
  },
  'AWS::Lambda::Function': async boto =>
    byName(await functionsOf(boto), async FunctionName => {
      const asked = { FunctionName };
      const { Configuration, Concurrency } = await boto.call<{ Configuration: Facts; Concurrency?: Facts }>(
        one('lambda', 'get_function', asked),
      );
      const said = only(Configuration, 'Handler', 'Runtime', 'Timeout', 'MemorySize', 'Environment', 'Role');
      return { ...said, ...(Concurrency !== undefined && { Concurrency }) };
    }),
  'AWS::Lambda::Permission': async boto => {
    const found: Facts = {};
    for (const FunctionName of await functionsOf(boto)) {
      const asked = one('lambda', 'get_policy', { FunctionName });
      const { Policy } = await boto.call<{ Policy: string }>(asked).catch(error => {
        if (/ResourceNotFoundException/.test(String(error))) return { Policy: '{"Statement":[]}' }; // nobody may call it
        throw error;
      });
      const { Statement } = JSON.parse(Policy) as { Statement: Facts[] };
      for (const [index, statement] of Statement.entries()) {
        found[`${FunctionName} ${index}`] = only(statement, 'Action', 'Principal', 'Condition', 'Resource');
      }
    }
    return found;
  },
  'AWS::Lambda::Version': async boto => {
    const found: Facts = {};
    for (const FunctionName of await functionsOf(boto)) {
      const asked = all('lambda', 'list_versions_by_function', { FunctionName });
      const { Versions } = await boto.call<{ Versions: { Version: string; FunctionArn: string }[] }>(asked);
      for (const { Version, FunctionArn } of Versions) if (Version !== '$LATEST') found[FunctionArn] = {};
    }
    return found;
  },
  'AWS::Logs::LogGroup': async boto => {
    type Group = Facts & { logGroupName: string };
    const { logGroups } = await boto.call<{ logGroups: Group[] }>(all('logs', 'describe_log_groups'));
    return Object.fromEntries(logGroups.map(group => [group.logGroupName, only(group, 'retentionInDays')]));
  },
  'AWS::SNS::Topic': async boto => {
    const { Topics } = await boto.call<{ Topics: { TopicArn: string }[] }>(all('sns', 'list_topics'));
    return byName(
      Topics.map(({ TopicArn }) => TopicArn),
      async TopicArn => {
        const { Attributes } = await boto.call<{ Attributes: Facts }>(one('sns', 'get_topic_attributes', { TopicArn }));
        return only(Attributes, 'KmsMasterKeyId');
      },
    );
  },
  'AWS::SQS::Queue': async boto => {
    const { QueueUrls = [] } = await boto.call<{ QueueUrls?: string[] }>(one('sqs', 'list_queues'));
    return byName(QueueUrls, async QueueUrl => {
      const asked = one('sqs', 'get_queue_attributes', { QueueUrl, AttributeNames: ['All'] });
      const { Attributes } = await boto.call<{ Attributes: Facts }>(asked);
      return only(Attributes, 'QueueArn', 'SqsManagedSseEnabled', 'MessageRetentionPeriod');
    });
  },
  'AWS::StepFunctions::StateMachine': async boto => {
    type Machines = { stateMachines: { stateMachineArn: string }[] };
    const { stateMachines } = await boto.call<Machines>(all('stepfunctions', 'list_state_machines'));
    return byName(
      stateMachines.map(({ stateMachineArn }) => stateMachineArn),
      async stateMachineArn => {
        const machine = await boto.call(one('stepfunctions', 'describe_state_machine', { stateMachineArn }));
        return only(machine, 'definition', 'roleArn', 'type');
      },
    );
  },
};

const one = (service: string, operation: string, parameters: object = {}): Call => ({ service, operation, parameters });
const all = (service: string, operation: string, parameters: object = {}): Call => ({
  ...one(service, operation, parameters),
  paged: true,
});

const only = (whole: Facts, ...names: string[]): Facts =>
  Object.fromEntries(names.flatMap(name => (whole[name] === undefined ? [] : [[name, whole[name]]])));

async function byName(names: string[], read: (name: string) => Promise<unknown>): Promise<Facts> {
  const found: Facts = {};
  for (const name of names.toSorted()) found[name] = await read(name);
  return found;
}

async function rolesOf(boto: Boto3): Promise<string[]> {
  const { Roles } = await boto.call<{ Roles: { RoleName: string }[] }>(all('iam', 'list_roles'));
  return Roles.map(({ RoleName }) => RoleName).toSorted();
}

async function functionsOf(boto: Boto3): Promise<string[]> {
  const { Functions } = await boto.call<{ Functions: { FunctionName: string }[] }>(all('lambda', 'list_functions'));
  return Functions.map(({ FunctionName }) => FunctionName).toSorted();
}
