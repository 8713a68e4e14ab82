/**
 * Names and addresses where a cloud gives credentials to any program on the machine. The link-local ones
 * (169.254.0.0/16, fe80::/10) are ranges; these are outside of them.
 */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);
/** Alibaba, Oracle, Azure. */
const METADATA_IPV4: ReadonlySet<string> = new Set(['100.100.100.200', '192.0.0.192', '168.63.129.16']);
/** Amazon (all services of the link), Google, Oracle, Scaleway: beginnings of addresses. */
const METADATA_IPV6: readonly (readonly number[])[] = [
  [0xfd00, 0x0ec2],
  [0xfd20, 0x00ce],
  [0xfd00, 0x00c1],
  [0xfd00, 0x0042],
];

/**
 * Whether a host is the machine's own network link, or a cloud's metadata service on it: no vendor is there. `host` is
 * written as `new URL(…).hostname` writes it. An IPv6 address counts as well for each IPv4 address that it leads to:
 * mapped, compatible, translated (NAT64, SIIT), 6to4, Teredo and ISATAP.
 */
export function isMachineAddress(host: string): boolean {
  if (!host.startsWith('[')) return METADATA_NAMES.has(host) || isMachineIpv4(host);
  const groups = groupsOf(host.slice(1, -1));
  return (
    ((groups[0] ?? 0) & 0xffc0) === 0xfe80 ||
    METADATA_IPV6.some((prefix) => startsWith(groups, prefix)) ||
    innerIpv4(groups).some(isMachineIpv4)
  );
}

function isMachineIpv4(address: string): boolean {
  return /^169\.254\.\d+\.\d+$/.test(address) || METADATA_IPV4.has(address);
}

/** The eight numbers of an IPv6 address, whose IPv4 part is written as two of them. */
function groupsOf(address: string): readonly number[] {
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const gap = address.includes('::') ? new Array<string>(8 - head.length - tail.length).fill('0') : [];
  return [...head, ...gap, ...tail].map((group) => Number.parseInt(group, 16));
}

/** The IPv4 addresses that an IPv6 address may stand for. */
function innerIpv4(groups: readonly number[]): readonly string[] {
  const bytes = groups.flatMap((group) => [group >> 8, group & 0xff]);
  const at = (start: number) => bytes.slice(start, start + 4).join('.');
  // Every form but the following ones ends with it. A network may translate under a prefix of its own, so that the end
  // counts whatever is in front.
  const found = [at(12)];
  if (startsWith(groups, [0x2002])) found.push(at(2));
  // Teredo: the server, and the client inverted.
  if (startsWith(groups, [0x2001, 0])) {
    found.push(
      at(4),
      bytes
        .slice(12)
        .map((byte) => byte ^ 0xff)
        .join('.'),
    );
  }
  // NAT64 with a prefix of 32 to 64 bits: the octet at 8 belongs to neither (RFC 6052 section 2.2).
  if (startsWith(groups, [0x0064, 0xff9b])) {
    const rest = bytes.filter((_, index) => index !== 8);
    for (const start of [4, 5, 6, 7, 8]) found.push(rest.slice(start, start + 4).join('.'));
  }
  return found;
}

function startsWith(groups: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((group, index) => groups[index] === group);
}
