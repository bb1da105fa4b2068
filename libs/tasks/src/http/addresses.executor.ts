import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Which addresses a call may go to. */
export interface AddressPolicy {
  /** Refused with the reason; undefined: allowed. */
  refusal(address: string, host: string): string | undefined;
}

/** Loopback, private, link-local (cloud metadata), multicast and the other ranges that are nobody's public server. */
const forbidden = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  forbidden.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  forbidden.addSubnet(network, prefix, 'ipv6');

/**
 * `everything` while the api itself is bound to loopback; else public addresses and what the list names: host names,
 * addresses, or networks such as `10.1.0.0/16`.
 */
export function addressPolicy(allowed: 'everything' | readonly string[]): AddressPolicy {
  if (allowed === 'everything') return { refusal: () => undefined };
  const names = new Set<string>();
  const networks = new BlockList();
  for (const entry of allowed) {
    const [base = '', prefix] = entry.split('/');
    const family = isIP(base);
    if (family === 0) names.add(entry.toLowerCase());
    else if (prefix === undefined) networks.addAddress(base, family === 4 ? 'ipv4' : 'ipv6');
    else networks.addSubnet(base, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  }
  return {
    refusal(address, host) {
      if (names.has(host.toLowerCase())) return undefined;
      const plain = unmapped(address);
      const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
      if (networks.check(plain, family) || !forbidden.check(plain, family)) return undefined;
      return `${host} is the private address ${plain}; an operator can allow it with PARTITURA_HTTP_ALLOW`;
    },
  };
}

/** IPv4 addresses in IPv6 clothes (`::ffff:127.0.0.1`) are judged as what they are. */
function unmapped(address: string): string {
  const dotted = /^::(?:ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address);
  if (hex === null) return address;
  const [high = 0, low = 0] = [hex[1], hex[2]].map((part) => Number.parseInt(part ?? '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

type LookupDone = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Name resolution for a socket: all addresses of the name are checked, and the socket connects to one that was, so that
 * a second answer of the name server cannot lead elsewhere.
 */
export function guardedLookup(policy: AddressPolicy) {
  return (
    host: string,
    options: { readonly all?: boolean; readonly family?: number | string },
    done: LookupDone,
  ): void => {
    resolveName(host, { all: true, verbatim: true }, (error, addresses) => {
      if (error !== null) {
        done(error, '');
        return;
      }
      for (const { address } of addresses) {
        const refusal = policy.refusal(address, host);
        if (refusal !== undefined) {
          done(new Error(refusal), '');
          return;
        }
      }
      const [first] = addresses;
      if (options.all === true) done(null, addresses);
      else if (first === undefined) done(new Error(`${host} has no address`), '');
      else done(null, first.address, first.family);
    });
  };
}
