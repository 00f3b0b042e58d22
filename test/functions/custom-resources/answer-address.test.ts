import { describe, expect, it } from 'vitest';
import { isCloudFormationsAddress } from '../../../functions/lambda/answer-address.ts';

const BUCKET = 'cloudformation-custom-resource-response-euwest1';
const PATH =
  '/arn%3Aaws%3Acloudformation%3Aeu-west-1%3A123456789012%3Astack/shop/1%7CRule%7Crequest-1?X-Amz-Signature=1';

describe('the address of an answer', () => {
  it.each([
    `https://${BUCKET}.s3-eu-west-1.amazonaws.com${PATH}`,
    `https://${BUCKET}.s3.eu-west-1.amazonaws.com${PATH}`,
    `https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com${PATH}`,
    `https://cloudformation-custom-resource-response-cnnorth1.s3.cn-north-1.amazonaws.com.cn${PATH}`,
    `https://cloudformation-custom-resource-response-usgovwest1.s3-us-gov-west-1.amazonaws.com${PATH}`,
  ])('is one of the buckets in which CloudFormation waits: %s', address => {
    expect(isCloudFormationsAddress(new URL(address))).toBe(true);
  });

  it.each([
    `http://${BUCKET}.s3.eu-west-1.amazonaws.com${PATH}`,
    `https://${BUCKET}.s3.eu-west-1.amazonaws.com:8443${PATH}`,
    `https://${BUCKET}.s3.eu-west-1.amazonaws.com.example.com${PATH}`,
    `https://${BUCKET}.s3.eu-west-1.example.com${PATH}`,
    `https://example.com/${BUCKET}.s3.eu-west-1.amazonaws.com`,
    `https://x-${BUCKET}.s3.eu-west-1.amazonaws.com${PATH}`,
    `https://${BUCKET}.example.s3.eu-west-1.amazonaws.com${PATH}`,
    `https://${BUCKET}@example.com/`,
    `https://me@${BUCKET}.s3.eu-west-1.amazonaws.com${PATH}`,
    'https://somebodys-bucket.s3.eu-west-1.amazonaws.com/x',
    'https://169.254.169.254/latest/meta-data',
    'http://127.0.0.1:9001/2018-06-01/runtime/invocation/next',
    'file:///etc/passwd',
  ])('is no other one: %s', address => {
    expect(isCloudFormationsAddress(new URL(address))).toBe(false);
  });
});
