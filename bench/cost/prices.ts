import { fixedText, groupedText, roundedText } from '../../domain/number-text.ts';

/**
 * What AWS asks, without its free tiers, in US East (N. Virginia). Looked up on PRICES_AS_OF in stored copies of these pages
 * and, where a page draws its table only in a browser (CloudWatch, Lambda, DynamoDB, SNS, VPC), in articles of 2025 and 2026
 * that quote it. Other regions are up to a quarter dearer. Whoever looks them up again changes the date.
 */
export const PRICES_AS_OF = '2026-11-21';
export const PRICES_REGION = 'us-east-1';
export const HOURS_OF_A_MONTH = 730;

export interface Price {
  dollars: number;
  per: string;
  source: string;
}

const price = (dollars: number, per: string, source: string): Price => ({ dollars, per, source });
const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';
const KMS = 'https://aws.amazon.com/kms/pricing/';

const PRICES = {
  /** Of a Standard machine; each retry is one more. */
  stateTransition: price(0.025 / 1e3, 'state transition', 'https://aws.amazon.com/step-functions/pricing/'),
  lambdaRequest: price(0.2 / 1e6, 'call', LAMBDA),
  lambdaArmGbSecond: price(0.0000133334, 'GB-second', LAMBDA),
  /** Up to 1 KB, conditions that failed included. */
  writeRequestUnit: price(0.625 / 1e6, 'write request unit', DYNAMODB),
  /** Up to 4 KB, strongly consistent. */
  readRequestUnit: price(0.125 / 1e6, 'read request unit', DYNAMODB),
  tableGbMonth: price(0.25, 'GB-month', DYNAMODB),
  pointInTimeGbMonth: price(0.2, 'GB-month', DYNAMODB),
  metricRead: price(0.01 / 1e3, 'metric asked of GetMetricData', CLOUDWATCH),
  /** DescribeAlarms and every other request that is not charged by its metrics. */
  cloudWatchRequest: price(0.01 / 1e3, 'request', CLOUDWATCH),
  /** A metric of one's own; counted by the hour in which it got a value. */
  customMetricMonth: price(0.3, 'metric-month', CLOUDWATCH),
  /** An alarm on an expression costs as much as the metrics in it. */
  alarmMetricMonth: price(0.1, 'alarm metric-month', CLOUDWATCH),
  logGbIngested: price(0.5, 'GB of logs taken in', CLOUDWATCH),
  logGbMonth: price(0.03, 'GB-month of logs', CLOUDWATCH),
  trace: price(5 / 1e6, 'trace', 'https://aws.amazon.com/xray/pricing/'),
  keyMonth: price(1, 'key-month', KMS),
  keyRequest: price(0.03 / 1e4, 'request', KMS),
  notice: price(0.5 / 1e6, 'publish', 'https://aws.amazon.com/sns/pricing/'),
  /** EventBridge Scheduler. A schedule that is a rule of the default bus costs nothing; this is the dearer of the two. */
  scheduledCall: price(1 / 1e6, 'call', 'https://aws.amazon.com/eventbridge/pricing/'),
  natGatewayMonth: price(0.045 * 730, 'gateway-month', 'https://aws.amazon.com/vpc/pricing/'),
  interfaceEndpointMonth: price(0.01 * 730, 'endpoint and zone a month', 'https://aws.amazon.com/privatelink/pricing/'),
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;

/** A line of a bill. */
export interface BillLine {
  what: string;
  amount: number;
  price: PriceName;
  /** Where the amount comes from. */
  how: string;
}

export const dollarsOf = ({ amount, price: name }: BillLine): number => amount * PRICES[name].dollars;
export const sumOf = (lines: readonly BillLine[]): number => lines.reduce((sum, line) => sum + dollarsOf(line), 0);

/** `$0.0123`: four digits that count, and never `$0.00` for what is not nothing. */
export const dollarText = (dollars: number): string =>
  `$${dollars >= 0.1 || dollars === 0 ? fixedText(dollars, 2) : dollars.toPrecision(2)}`;

/** As a table of Markdown, dearest first, with its sum. */
export function billTable(lines: readonly BillLine[]): string[] {
  const rows = lines
    .toSorted((a, b) => dollarsOf(b) - dollarsOf(a))
    .map(line => {
      const { per } = PRICES[line.price];
      return `| ${line.what} | ${amountText(line.amount)} | ${per} | ${dollarText(dollarsOf(line))} | ${line.how} |`;
    });
  const head = ['| what | amount | of | dollars | counted |', '|---|---:|---|---:|---|'];
  return [...head, ...rows, `| **sum** | | | **${dollarText(sumOf(lines))}** | |`];
}

const amountText = (amount: number): string =>
  Number.isInteger(amount) ? groupedText(amount) : roundedText(amount, 3);
