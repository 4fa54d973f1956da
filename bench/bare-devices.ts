// The baseline for Tessera's device grant: oidc-provider alone with its device flow and its own store in
// memory.
import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import Provider, { type Adapter, type JWK } from 'oidc-provider';
import { deviceGrantType } from '../test/support/screen.ts';

// The library warns that its store is in memory. The baseline wants exactly that.
console.warn = () => undefined;
const port = Number(process.argv[2]);
const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });

// The library's own adapter and storage. The storage keeps only the newest thousand records by default.
// Neither has types.
const library = (path: string) => import(`oidc-provider/lib/${path}`);
const { default: MemoryAdapter } = (await library('adapters/memory_adapter.js')) as {
  default: new (model: string, storage: object) => Adapter;
};
const { default: Storage } = (await library('helpers/lru.js')) as {
  default: new (size: { maxSize: number }) => object;
};
const storage = new Storage({ maxSize: 1_000_000 });

const provider = new Provider(`http://localhost:${port}`, {
  adapter: (model: string) => new MemoryAdapter(model, storage),
  clients: [
    {
      client_id: 'tea-house-tv',
      token_endpoint_auth_method: 'none',
      redirect_uris: [],
      response_types: [],
      grant_types: [deviceGrantType],
    },
  ],
  jwks: { keys: [privateKey.export({ format: 'jwk' }) as JWK] },
  cookies: { keys: ['a key of this benchmark only'] },
  features: { devInteractions: { enabled: false }, deviceFlow: { enabled: true } },
  findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
});
provider.listen(port, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
