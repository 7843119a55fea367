import { expect, test } from 'vitest';
import { isPublicAddress } from './address.ts';

/** First and last address of each forbidden IPv4 range, and its public neighbours where there are any. */
const ranges: [before: string | undefined, first: string, last: string, after: string | undefined][] = [
  [undefined, '0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['9.255.255.255', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['100.63.255.255', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
  ['126.255.255.255', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['168.63.129.15', '168.63.129.16', '168.63.129.16', '168.63.129.17'],
  ['169.253.255.255', '169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ['172.15.255.255', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
  ['191.255.255.255', '192.0.0.0', '192.0.0.255', '192.0.1.0'],
  ['192.0.1.255', '192.0.2.0', '192.0.2.255', '192.0.3.0'],
  ['192.88.98.255', '192.88.99.0', '192.88.99.255', '192.88.100.0'],
  ['192.167.255.255', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ['198.17.255.255', '198.18.0.0', '198.19.255.255', '198.20.0.0'],
  ['198.51.99.255', '198.51.100.0', '198.51.100.255', '198.51.101.0'],
  ['203.0.112.255', '203.0.113.0', '203.0.113.255', '203.0.114.0'],
  ['223.255.255.255', '224.0.0.0', '239.255.255.255', undefined],
  [undefined, '240.0.0.0', '255.255.255.255', undefined],
];

test.each(ranges)('around %s, the range %s to %s and %s are told apart', (before, first, last, after) => {
  expect([first, last].map(isPublicAddress)).toEqual([false, false]);
  for (const neighbour of [before, after]) {
    if (neighbour !== undefined) expect(isPublicAddress(neighbour), neighbour).toBe(true);
  }
});

test.each(ranges)(
  'around %s, the range %s is seen through every IPv6 disguise',
  (_before, first, last, after) => {
    const mapped = (address: string) => `::ffff:${address}`;
    const nat64 = (address: string) => `64:ff9b::${address}`;
    const localNat64 = (address: string) => `64:ff9b:1::${address}`;
    const compatible = (address: string) => `::${address}`;
    const translated = (address: string) => `::ffff:0:${address}`;
    const isatap = (address: string) => `2001:4860::5efe:${address}`;
    const globalIsatap = (address: string) => `2001:4860:0:0:200:5efe:${address}`;
    for (const disguise of [mapped, nat64, localNat64, compatible, translated, isatap, globalIsatap]) {
      expect([first, last].map(disguise).map(isPublicAddress), disguise(first)).toEqual([false, false]);
    }
    if (after === undefined) return;
    expect([mapped(after), nat64(after)].map(isPublicAddress)).toEqual([true, true]);
  },
);

test.each([
  '::',
  '::1',
  '::2',
  '64:ff9b:1::808:808',
  '100::1',
  '1fff::1',
  '4000::1',
  '5f00::1',
  'fc00::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  'fe80::1',
  'fe80::1%eth0',
  '2606:4700::1%eth0',
  'fec0::1',
  'ff02::1',
  '2001::1',
  '2001:0:ffff:ffff:ffff:ffff:ffff:ffff',
  '2001:2::1',
  '2001:1ff:ffff::1',
  '2001:db8::1',
  '2001:db8:ffff::1',
  '2002::1',
  '2002:808:808::1',
  '3ffe::1',
  '3fff::1',
  '3fff:fff:ffff::1',
])('the IPv6 address %s is not public', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  '2000::1',
  '2001:200::1',
  '2001:db7:ffff::1',
  '2001:db9::1',
  '2003::1',
  '2606:4700:4700::1111',
  '2a00:1450::5efe',
  '3ffd::1',
  '3fff:1000::1',
  '2001:4860::1:5efe:7f00:1',
])('the IPv6 address %s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  '',
  'localhost',
  '1',
  '127.1',
  '0x7f.1',
  '8.8.8',
  '8.8.8.8.8',
  '[2606:4700::1]',
  '8.8.8.8:80',
  ' 8.8.8.8',
])('what is no address (%j) is not public', (text) => {
  expect(isPublicAddress(text)).toBe(false);
});
