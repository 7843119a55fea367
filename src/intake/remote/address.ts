import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** What is not a host on the public internet (IANA special-purpose registry), and one that only looks so. */
const special = toBlockList([
  '0.0.0.0/8', // this network; connects to the machine itself
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT; Alibaba's metadata
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's wire server: public by number, internal in fact
  '169.254.0.0/16', // link-local; metadata of most clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments; Oracle's metadata
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '2001::/23', // protocol assignments: Teredo, benchmarks, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '3ffe::/16', // 6bone, given back
  '3fff::/20', // documentation
]);

/** All of IPv6 that is given out for public use. Loopback, local, multicast and the rest lie outside. */
const globalUnicast = toBlockList(['2000::/3']);

/** Other spellings of an IPv4 address, in the last 32 bits: mapped, and the NAT64 of IPv6-only networks. */
const ipv4InDisguise = toBlockList(['::ffff:0.0.0.0/96', '64:ff9b::/96']);

/** Whether the address belongs to a host on the public internet. What is not known to be public is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4');
  const groups = readGroups(address);
  if (groups === undefined) return false;
  if (ipv4InDisguise.check(address, 'ipv6')) return isPublicAddress(toIPv4(groups));
  return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6') && !isIsatap(groups);
}

function toBlockList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits] = subnet.split('/');
    list.addSubnet(network, Number(bits), isIPv4(network) ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** The eight 16-bit groups of an IPv6 address; undefined if it is none, or has a zone. */
function readGroups(address: string): number[] | undefined {
  const canonical = isIPv6(address) ? URL.parse(`http://[${address}]`)?.hostname.slice(1, -1) : undefined;
  if (canonical === undefined) return undefined;
  const [left = [], right = []] = canonical.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
}

function toIPv4(groups: readonly number[]): string {
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** A tunnel to the IPv4 address in the last 32 bits, under any network's prefix (RFC 5214). */
function isIsatap(groups: readonly number[]): boolean {
  return groups[5] === 0x5efe && ((groups[4] ?? 0) & 0xfcff) === 0;
}
