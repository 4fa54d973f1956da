// Autonomous systems of large hosting companies and of networks that VPN services rent. People browse from
// them only through a VPN. Left out on purpose: Cloudflare, Akamai's delivery network and Fastly, which carry
// the relays of ordinary people (iCloud Private Relay, WARP), and Google's own network, which carries its
// staff and its consumer VPN.

export const hostingNetworks: readonly number[] = [
  // Amazon, Microsoft, Google Cloud, Oracle, IBM
  16509, 14618, 8075, 396982, 31898, 36351,
  // Alibaba, Tencent, Huawei Cloud
  37963, 45102, 45090, 132203, 55990, 136907,
  // Hetzner, OVH, Scaleway, IONOS, Contabo, netcup, Leaseweb, Worldstream, NForce
  24940, 213230, 16276, 12876, 8560, 51167, 197540, 60781, 28753, 30633, 49981, 43350,
  // DigitalOcean, Vultr, Linode, HostPapa/ColoCrossing, HIVELOCITY, FranTech, InterServer, Hostinger,
  // Clouvider,
  // GoDaddy
  14061, 20473, 63949, 36352, 29802, 53667, 19318, 47583, 62240, 26496,
  // M247, Datacamp, PacketHub, 31173 Services: networks that many VPN services use
  9009, 60068, 212238, 136787, 147049, 207137, 39351,
];
