import * as sfn from '@aws-sdk/client-sfn';
import { detailsKeyOf, type HistoryEvent } from '../asl/history.ts';
import type { ExecutionDescription, StateMachineHost } from '../asl/state-machine-host.ts';
import { AwsError } from './aws-error.ts';
import type { Operation, OperationSchema, SchemaEndpoint } from './endpoint.ts';

const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 1000;

/** The Step Functions API over the lab's host, with its limits and refusals. */
export function statesEndpoint(host: StateMachineHost): SchemaEndpoint {
  return {
    signingName: 'states',
    operations: {
      StartExecution: on(sfn.StartExecution$, (input: sfn.StartExecutionInput) => {
        const { executionArn, startedAtEpochMs } = host.startExecution({
          stateMachineArn: input.stateMachineArn ?? '',
          ...(input.name !== undefined && { name: input.name }),
          ...(input.input !== undefined && { input: input.input }),
        });
        return { executionArn, startDate: new Date(startedAtEpochMs) };
      }),
      StopExecution: on(sfn.StopExecution$, (input: sfn.StopExecutionInput) => {
        const { stoppedAtEpochMs } = host.stopExecution({
          executionArn: input.executionArn ?? '',
          ...(input.error !== undefined && { error: input.error }),
          ...(input.cause !== undefined && { cause: input.cause }),
        });
        return { stopDate: new Date(stoppedAtEpochMs) };
      }),
      DescribeExecution: on(sfn.DescribeExecution$, (input: sfn.DescribeExecutionInput) =>
        describe(host.describeExecution(input.executionArn ?? ''), input.includedData === 'METADATA_ONLY'),
      ),
      ListExecutions: on(sfn.ListExecutions$, (input: sfn.ListExecutionsInput) => listExecutions(host, input)),
      GetExecutionHistory: on(sfn.GetExecutionHistory$, (input: sfn.GetExecutionHistoryInput) =>
        executionHistory(host, input),
      ),
      SendTaskSuccess: on(sfn.SendTaskSuccess$, ({ taskToken = '', output = '' }: sfn.SendTaskSuccessInput) => {
        host.sendTaskSuccess({ taskToken, output });
        return {};
      }),
      SendTaskFailure: on(sfn.SendTaskFailure$, ({ taskToken = '', error, cause }: sfn.SendTaskFailureInput) => {
        host.sendTaskFailure({
          taskToken,
          ...(error !== undefined && { error }),
          ...(cause !== undefined && { cause }),
        });
        return {};
      }),
      SendTaskHeartbeat: on(sfn.SendTaskHeartbeat$, ({ taskToken = '' }: sfn.SendTaskHeartbeatInput) => {
        host.sendTaskHeartbeat({ taskToken });
        return {};
      }),
    },
  };
}

const on = <Input>(schema: OperationSchema, handle: (input: Input) => object): Operation => ({
  schema,
  handle: async (input: Input) => handle(input),
});

function describe(execution: ExecutionDescription, metadataOnly: boolean): object {
  const { input, output, error, cause } = execution;
  const included = { included: true };
  return {
    ...metadataOf(execution),
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    ...(!metadataOnly && {
      input,
      inputDetails: included,
      ...(output !== undefined && { output, outputDetails: included }),
      ...(error !== undefined && { error }),
      ...(cause !== undefined && { cause }),
    }),
  };
}

function metadataOf({ executionArn, stateMachineArn, name, status, ...times }: ExecutionDescription) {
  const stopDate = times.stoppedAtEpochMs === undefined ? {} : { stopDate: new Date(times.stoppedAtEpochMs) };
  return { executionArn, stateMachineArn, name, status, startDate: new Date(times.startedAtEpochMs), ...stopDate };
}

/** Newest first. A page's token is how many older ones are left: new executions do not shift the pages after it. */
function listExecutions(host: StateMachineHost, input: sfn.ListExecutionsInput): object {
  const all = host.listExecutions(input.stateMachineArn ?? '');
  const most = pageSizeOf(input.maxResults);
  const executions: object[] = [];
  let next = input.nextToken === undefined ? 0 : all.length - offsetOf(input.nextToken);
  for (; next < all.length && executions.length < most; next += 1) {
    const execution = all[next];
    if (execution === undefined) continue;
    if (input.statusFilter === undefined || execution.status === input.statusFilter) {
      executions.push(metadataOf(execution));
    }
  }
  return { executions, ...(next < all.length && { nextToken: tokenOf(all.length - next) }) };
}

function executionHistory(host: StateMachineHost, input: sfn.GetExecutionHistoryInput): object {
  const history = host.executionHistory(input.executionArn ?? '');
  const ordered = input.reverseOrder === true ? [...history].reverse() : history;
  const from = input.nextToken === undefined ? 0 : offsetOf(input.nextToken);
  const to = from + pageSizeOf(input.maxResults);
  const events = ordered.slice(from, to).map(event => eventOf(event, input.includeExecutionData ?? true));
  return { events, ...(to < ordered.length && { nextToken: tokenOf(to) }) };
}

const dataMembers = ['input', 'output', 'parameters'];

function eventOf({ id, previousEventId, timestampEpochMs, type, details }: HistoryEvent, withData: boolean): object {
  const shown = withData
    ? details
    : Object.fromEntries(Object.entries(details).filter(([name]) => !dataMembers.includes(name)));
  return { id, previousEventId, timestamp: new Date(timestampEpochMs), type, [detailsKeyOf(type)]: shown };
}

/** 0 asks for the default. */
function pageSizeOf(maxResults: number | undefined): number {
  if (maxResults === undefined || maxResults === 0) return DEFAULT_PAGE;
  if (maxResults > 0 && maxResults <= LARGEST_PAGE) return maxResults;
  throw new AwsError('ValidationException', `Value '${maxResults}' at 'maxResults' is not from 0 to ${LARGEST_PAGE}`);
}

const tokenOf = (offset: number): string => Buffer.from(`from:${offset}`).toString('base64url');

function offsetOf(token: string): number {
  const match = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString());
  if (match === null) throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  return Number(match[1]);
}
