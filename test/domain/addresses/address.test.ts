import { describe, expect, it } from 'vitest';
import { refusedAddress } from '../../../domain/addresses/address.ts';

const LAMBDA = { loopback: false, http: false };
const isAsked = (url: string, allowed = LAMBDA) => refusedAddress(url, allowed) === undefined;

describe('an address that a function asks', () => {
  it.each([
    'https://hooks.example.com/smoke?a=1',
    'https://127.example.com/',
    'https://localhost.example.com/',
    // a function may stand in the private network
    'https://10.0.0.7/smoke',
    'https://192.168.1.2:8443/',
    'https://[fd00::7]/',
    'https://100.64.0.1/',
    'https://169.254.example.com/',
    'https://8.8.8.8/',
    'https://[2606:2800:220:1::1]/',
  ])('is %s', url => {
    expect(isAsked(url)).toBe(true);
  });

  it.each([
    'http://hooks.example.com/smoke',
    'ftp://hooks.example.com/smoke',
    'hooks.example.com',
    'https://me@hooks.example.com/',
    'https://:secret@hooks.example.com/',
  ])('is not %s', url => {
    expect(refusedAddress(url, LAMBDA)).toEqual({
      expected: 'an https address without a user name and password in it',
    });
  });

  it.each([
    'https://localhost/',
    'http://localhost:8080/',
    'https://localhost./',
    'https://shop.localhost/',
    'https://127.0.0.1/',
    'https://127.9.9.9/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::127.0.0.1]/',
    'https://[2002:7f00:1::]/',
    'https://LOCALHOST/',
    'https://１２７.0.0.1/',
    'https://[::ffff:127.0.0.1]/',
  ])('is not on its own computer: %s', url => {
    expect(refusedAddress(url, LAMBDA)?.is).toMatch(/^on this computer/);
    expect(isAsked(url, { loopback: true, http: false })).toBe(true);
  });

  it.each([
    'http://169.254.169.254/latest/',
    'https://169.254.1.1/',
    'https://[fe80::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://0.0.0.0/',
    'https://0/',
    'https://[::]/',
    'https://0xa9fea9fe/',
    'https://2852039166/',
    'https://0251.0376.0251.0376/',
    'https://169.254.43518/',
    'https://169.254.169.254./',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[2002:a9fe:a9fe::1]/',
    'https://[fd00:ec2::254]/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
  ])('is never where credentials are given out: %s', url => {
    expect(refusedAddress(url, { loopback: true, http: true })?.is).toMatch(
      /^a link-local or reserved address, where credentials are given out$/,
    );
  });

  it('is over http where that is allowed, as of a Prometheus in the private network', () => {
    expect(isAsked('http://prometheus.internal:9090', { loopback: false, http: true })).toBe(true);
    expect(isAsked('http://localhost:9090', { loopback: false, http: true })).toBe(false);
  });
});
