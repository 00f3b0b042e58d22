import { describe, expect, it } from 'vitest';
import type { Destinations } from '../../../domain/addresses/address.ts';
import { networkMistake, refusedDestination } from '../../../domain/addresses/address.ts';

const LAMBDA: Destinations = { privateNetworks: [] };
const LISTED: Destinations = { privateNetworks: ['10.20.0.0/16', 'fd12:3456::/32'] };

describe('an address to which a name has led', () => {
  it.each([
    '93.184.216.34',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '2606:2800:220:1::1',
    '2002:0808:0808::1',
    '2001:db8::1',
    '2600:1f18::1%eth0',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('of the internet is asked: %s', ip => expect(refusedDestination(ip, LAMBDA)).toBeUndefined());

  it.each([
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '169.254.169.253',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fe80::1',
    'fe80::1%eth0',
    '0.0.0.0',
    '::',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    '2002:a9fe:a9fe::1',
    '224.0.0.1',
    '255.255.255.255',
    'ff02::1',
    '::a9fe:a9fe',
    '::ffff:0:169.254.169.254',
    // what stands for an IPv4 address that nobody sees in it: NAT64 of one's own, Teredo
    '64:ff9b:1::a9fe:a9fe',
    '2001:0:1::1',
    '[fe80::1]',
  ])('of nobody, or where credentials are given out, is never asked, whatever is listed: %s', ip => {
    const everything: Destinations = { loopback: true, privateNetworks: ['0.0.0.0/0', '::/0'] };
    for (const allowed of [LAMBDA, everything, { privateNetworks: 'all' as const }])
      expect(refusedDestination(ip, allowed)).toMatch(/link-local or reserved/);
  });

  it.each([
    '127.0.0.1',
    '127.8.9.10',
    '::1',
    '::ffff:127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '::7f00:1',
    '::ffff:0:127.0.0.1',
  ])('of this computer is asked in the lab alone: %s', ip => {
    expect(refusedDestination(ip, { privateNetworks: 'all' })).toMatch(/this computer, which only the lab asks/);
    expect(refusedDestination(ip, { loopback: true })).toBeUndefined();
  });

  it.each([
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.254',
    '192.168.1.1',
    '100.64.0.1',
    'fd12::1',
    'fc00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
  ])('of a private network is asked where the control plane lists it: %s', ip => {
    expect(refusedDestination(ip, LAMBDA)).toMatch(/private network that the control plane's privateNetworks/);
    expect(refusedDestination(ip, LISTED)).toMatch(/private network/);
    expect(refusedDestination(ip, { privateNetworks: 'all' })).toBeUndefined();
  });

  it.each(['10.20.0.1', '10.20.255.254', '::ffff:10.20.0.1', 'fd12:3456::1'])('that is listed is asked: %s', ip =>
    expect(refusedDestination(ip, LISTED)).toBeUndefined(),
  );
});

describe('what is no IP address', () => {
  it.each([
    '',
    'localhost',
    '010.0.0.1',
    '1.2.3',
    '256.1.1.1',
    '1.2.3.4.5',
    '1.2.3.4 ',
    ':::',
    '12345::',
    '0x7f.0.0.1',
  ])('is asked by nobody: %j', text =>
    expect(refusedDestination(text, { privateNetworks: 'all', loopback: true })).toBe(`${text} is no IP address`),
  );

  it('is no network either, and a list with one in it opens nothing', () => {
    expect(() => refusedDestination('10.0.0.1', { privateNetworks: ['10.0.0.0/33'] })).toThrow(RangeError);
  });
});

describe('a list of networks', () => {
  it.each(['10.0.0.0/8', '10.1.2.3/32', 'fd00::/8', '::/0'])('may have %s', network =>
    expect(networkMistake(network)).toBeUndefined(),
  );
  it.each([
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0/8',
    'fd00::/129',
    'prometheus.internal',
    '',
    '/8',
    '10.0.0.0/-1',
    '10.0.0.0/8 ',
    '010.0.0.0/8',
    '10.0.0.0/8/8',
    'fe80::1%eth0/64',
  ])('may not have %j', network =>
    expect(networkMistake(network)).toMatch(/is no network; expected an address and the length of its prefix/),
  );
});
